import asyncio
from pathlib import Path
from tests.e2e.chat import *
from tests.e2e.group import *
async def test_dbg(world, tmp_path):
  async with running(world, tmp_path, quiet_hours="22:00-08:00") as app:
    sue=world.telegram.person(123456789,"Sue Park")
    async def say(who,text,chat=None):
        await asyncio.sleep(2)
        m=who.say(text, chat=chat)
        await asyncio.sleep(8)
        return m
    await say(sue,"hello")
    await say(world.requester,"/invite caller")
    link=world.requester.chat.messages[-1].text
    tok=link.split("start=")[1]
    await say(sue,"/start "+tok)
    await say(world.requester,"/people")
    await say(world.requester,"/deny 123456789")
    await say(world.requester,"/allow 123456789 caller")
    chat=world.telegram.group(FAMILY,"Family",[world.requester,sue])
    await asyncio.sleep(5)
    print(labels(chat.messages[-1]))
    print(chat.messages[-1].text)
    await press(world, chat.messages[-1], "Allow this group")
    await asyncio.sleep(5)
    g=Group(world,chat)
    card=await g.order(REQUEST, by=sue)
    print(await press(world, card, "Cancel", by=world.requester))
    await say(world.requester,"/budget chat 5usd/day",chat)
    await say(world.requester,"/budget 123456789 2min/day 20usd/month")
    card=await order(world, SHORT, by=sue)
    await place(world, card, by=sue); await finished(world, card, by=sue)
    await say(sue,"/budget")
    await say(world.requester,"/budget 123456789 1min/day")
    card=await order(world, REQUEST, by=sue)
    print("NOTICE", await press(world, card, "Call", by=sue))
    card=await order(world, "call Joe on +44 20 7946 0123 and tell him that the meeting is at 5pm", by=sue)
    await asyncio.sleep(5.5*3600)
    print("NOTICE", await press(world, card, "Call", by=sue))
    await say(world.requester,"/donotcall add +1 415 555 2671")
    await say(world.requester,"/donotcall")
    await say(world.requester,"/audit")
    for c in (sue.chat, world.requester.chat, chat):
        print("=====", c.title or c.id)
        for m in c.messages: print(f"[{m.author.first_name}]", m.text, labels(m), "\n")
