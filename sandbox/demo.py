"""placeholder"""
def main(*, once: str | None, out: str) -> int:
    return 0
