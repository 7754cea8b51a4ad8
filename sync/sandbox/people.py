"""Names, phone numbers and nicknames of people who do not exist."""

from __future__ import annotations

from random import Random

from packstation.domain.buyers import fold

_FAMILIES = "Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh"
_WOMEN = (
    "Thị Thu|Thị Kim|Thị Mỹ|Thị|Ngọc|Thanh|Phương|Bảo|Hoài|Khánh|Thùy|Như|Minh|Quỳnh|Diệu",
    "Hằng|Hà|Lan|Hương|Trang|Linh|Thảo|Yến|Nhung|Ngân|Vy|Trâm|Hạnh|Mai|Loan|Tuyền|Thư|Nga|Oanh|Châu|Dung|Phượng|Tâm|Xuân|Anh",
)
_MEN = (
    "Văn|Hữu|Đức|Quang|Minh|Quốc|Công|Thanh|Anh|Đình|Ngọc|Gia|Tuấn|Hoàng|Xuân",
    "Hùng|Dũng|Nam|Long|Tuấn|Sơn|Khoa|Phúc|Bình|Hải|Thắng|Đạt|Vinh|Kiên|Phong|Trung|Tài|Hiếu|Nghĩa|Quân|Lộc|Toàn|Duy|Thịnh|Cường",
)
_WOMEN_SHARE = 0.68
_DEAD_PREFIX = "095"
"""No network uses 095 any more, so a demo's QR code cannot ring a stranger."""


def full_name(rng: Random) -> str:
    """A Vietnamese name: family, middle, given."""
    middles, givens = _WOMEN if rng.random() < _WOMEN_SHARE else _MEN
    return f"{rng.choice(_FAMILIES.split())} {rng.choice(middles.split('|'))} {rng.choice(givens.split('|'))}"


def phone_number(rng: Random) -> str:
    """A ten-digit mobile number that no network serves."""
    return f"{_DEAD_PREFIX}{rng.randrange(10**7):07d}"


def respelled(phone: str, rng: Random) -> str:
    """The number as some other day the same buyer types it."""
    spaced = f"{phone[:4]} {phone[4:7]} {phone[7:]}"
    return rng.choice((phone, phone, spaced, spaced.replace(" ", "."), f"+84{phone[1:]}"))


def nickname(name: str, rng: Random) -> str:
    """A user name made of the given name, e.g. `thuhang.48213`."""
    words = fold(name).split()
    return f"{''.join(words[-2:])}{rng.choice(('.', '_', ''))}{rng.randrange(10**5)}"


def email_of(name: str, rng: Random) -> str:
    """An address at a domain that is reserved for examples."""
    words = fold(name).split()
    return f"{words[-1]}.{words[0]}{rng.randrange(1000)}@example.com"
