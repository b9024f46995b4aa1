"""What the stand-in Twilio tells about the account, its numbers and where it may call, read with Twilio's own SDK.

After https://www.twilio.com/docs/iam/api/account and
https://www.twilio.com/docs/voice/api/dialingpermissions-country-resource.
"""

import pytest
from twilio.base.exceptions import TwilioRestException

from sandbox.twilio import Conditions
from tests.test_sandbox_twilio import Phone, pytestmark, run_ahead, world

__all__ = ["pytestmark"]


@run_ahead
async def test_a_number_is_the_accounts_own_a_verified_caller_id_or_unknown() -> None:
    for kind, own, verified in (("voice", 1, 0), ("messaging", 1, 0), ("caller_id", 0, 1), ("unknown", 0, 0)):
        async with world(Phone(), conditions=Conditions(number_is=kind)) as product:  # type: ignore[arg-type]
            numbers = await product.client.incoming_phone_numbers.list_async(phone_number=product.twilio.phone_number)
            caller_ids = await product.client.outgoing_caller_ids.list_async(phone_number=product.twilio.phone_number)
            assert (len(numbers), len(caller_ids)) == (own, verified)
            assert [number.capabilities["voice"] for number in numbers] == [kind == "voice"] * own


@run_ahead
async def test_a_list_of_numbers_is_filtered_by_a_part_of_one() -> None:
    async with world(Phone()) as product:
        assert len(await product.client.incoming_phone_numbers.list_async(phone_number="+1415")) == 1
        assert await product.client.incoming_phone_numbers.list_async(phone_number="+1416") == []


@run_ahead
async def test_geo_permissions_tell_what_a_call_would_be_told() -> None:
    async with world(Phone(), conditions=Conditions(refused_prefixes=("+86",), account_status="suspended")) as product:
        countries = product.client.voice.v1.dialing_permissions.countries
        us, china = await countries("US").fetch_async(), await countries("CN").fetch_async()
        assert (us.name, us.country_codes) == ("United States/Canada", ["+1"])
        assert (us.low_risk_numbers_enabled, china.low_risk_numbers_enabled) == (True, False)
        with pytest.raises(TwilioRestException) as caught:
            await countries("XX").fetch_async()
        assert (caught.value.status, caught.value.code) == (404, 20404)
        account = await product.client.api.accounts(product.twilio.account_sid).fetch_async()
        assert account.status == "suspended"
        assert {method for method, _ in product.twilio.requests} == {"GET"}
