"""Addresses in Vietnam: real provinces and districts, street names that many towns have."""

from __future__ import annotations

from random import Random

from packstation.domain.orders import Address

_PLACES: tuple[tuple[int, str, str, str], ...] = (
    (6, "TP. Hồ Chí Minh", "Quận Bình Thạnh", "Phường 13|Phường 25|Phường 26"),
    (6, "TP. Hồ Chí Minh", "Quận Gò Vấp", "Phường 5|Phường 10|Phường 16"),
    (5, "TP. Hồ Chí Minh", "TP. Thủ Đức", "Phường Linh Trung|Phường Hiệp Bình Chánh|Phường Thảo Điền"),
    (5, "TP. Hồ Chí Minh", "Quận 7", "Phường Tân Phong|Phường Tân Quy|Phường Phú Mỹ"),
    (4, "TP. Hồ Chí Minh", "Quận 3", "Phường Võ Thị Sáu|Phường 9|Phường 11"),
    (5, "Hà Nội", "Quận Cầu Giấy", "Phường Dịch Vọng|Phường Nghĩa Tân|Phường Yên Hòa"),
    (5, "Hà Nội", "Quận Hà Đông", "Phường Mộ Lao|Phường Văn Quán|Phường La Khê"),
    (4, "Hà Nội", "Quận Hoàng Mai", "Phường Định Công|Phường Đại Kim|Phường Tân Mai"),
    (3, "Hà Nội", "Huyện Đông Anh", "Xã Kim Chung|Xã Hải Bối|Thị trấn Đông Anh"),
    (3, "Đà Nẵng", "Quận Hải Châu", "Phường Hòa Cường Bắc|Phường Thạch Thang|Phường Bình Hiên"),
    (2, "Đà Nẵng", "Quận Liên Chiểu", "Phường Hòa Khánh Bắc|Phường Hòa Minh"),
    (2, "Hải Phòng", "Quận Lê Chân", "Phường Dư Hàng Kênh|Phường Vĩnh Niệm"),
    (2, "Cần Thơ", "Quận Ninh Kiều", "Phường Xuân Khánh|Phường An Khánh|Phường Hưng Lợi"),
    (3, "Bình Dương", "TP. Thuận An", "Phường Lái Thiêu|Phường An Phú|Phường Bình Hòa"),
    (3, "Đồng Nai", "TP. Biên Hòa", "Phường Tân Phong|Phường Trảng Dài|Phường Long Bình"),
    (2, "Nghệ An", "TP. Vinh", "Phường Hà Huy Tập|Phường Lê Lợi|Phường Hưng Dũng"),
    (2, "Thanh Hóa", "TP. Thanh Hóa", "Phường Đông Vệ|Phường Ba Đình"),
    (2, "Khánh Hòa", "TP. Nha Trang", "Phường Phước Hải|Phường Vĩnh Hải"),
    (1, "Lâm Đồng", "TP. Đà Lạt", "Phường 4|Phường 8"),
    (1, "Đắk Lắk", "TP. Buôn Ma Thuột", "Phường Tân Lợi|Phường Ea Tam"),
    (1, "Thừa Thiên Huế", "TP. Huế", "Phường Vĩnh Ninh|Phường An Cựu"),
    (1, "Bắc Ninh", "TP. Từ Sơn", "Phường Đồng Kỵ|Phường Đình Bảng"),
    (1, "Quảng Ninh", "TP. Hạ Long", "Phường Bãi Cháy|Phường Hồng Hải"),
    (1, "An Giang", "TP. Long Xuyên", "Phường Mỹ Phước|Phường Bình Khánh"),
    (1, "Cà Mau", "Huyện Trần Văn Thời", "Thị trấn Sông Đốc|Xã Khánh Hưng"),
)
_STREETS = (
    "Nguyễn Trãi|Lê Lợi|Trần Hưng Đạo|Hai Bà Trưng|Lý Thường Kiệt|Phan Đình Phùng|Quang Trung|Nguyễn Huệ|Điện Biên Phủ|"
    "Lê Hồng Phong|Hoàng Văn Thụ|Nguyễn Văn Cừ|Võ Văn Tần|Tô Hiến Thành|Bạch Đằng|Phạm Văn Đồng|Cách Mạng Tháng Tám"
)


def address(rng: Random) -> Address:
    """A clear address without recipient and phone."""
    _weight, province, district, wards = rng.choices(_PLACES, [place[0] for place in _PLACES])[0]
    street = rng.choice(_STREETS.split("|"))
    number = rng.randrange(2, 420)
    door = rng.choice((f"{number}", f"{number}/{rng.randrange(1, 40)}", f"Số {rng.randrange(2, 60)} ngõ {number}"))
    return Address("", "", f"{door} {street}", rng.choice(wards.split("|")), district, province, "VN")
