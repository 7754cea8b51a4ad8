"""What the made-up seller sells: things for kitchen, home and wardrobe, prices in VND."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from packstation.domain.orders import Item


@dataclass(frozen=True, slots=True)
class Product:
    """One product with its variations; `price` in dong, `weight` how often it is bought."""

    sku: str
    name: str
    price: int
    variations: tuple[str, ...] = ()
    weight: int = 10

    def item(self, quantity: int, variation: int = 0) -> Item:
        """A product line."""
        if not self.variations:
            return Item(self.sku, self.name, quantity, self.price, self.price * quantity)
        chosen = self.variations[variation % len(self.variations)]
        number = variation % len(self.variations) + 1
        return Item(f"{self.sku}-{number}", f"{self.name} · {chosen}", quantity, self.price, self.price * quantity)


_COLOURS = ("Đen", "Trắng", "Kem", "Xanh rêu")
_SIZES = ("S", "M", "L", "XL")

AIR_FRYER = Product("GD-501", "Nồi chiên không dầu 6 lít", 1_690_000, ("Đen", "Trắng"), 1)
ROBOT = Product("GD-510", "Robot hút bụi lau nhà", 3_450_000, (), 1)
BLENDER = Product("GD-503", "Máy xay sinh tố 1,5 lít", 790_000, ("Đỏ", "Đen"), 3)
CLAY_POT = Product("NB-101", "Nồi đất kho cá 22 cm", 139_000, (), 14)
TEE = Product("TT-201", "Áo thun cotton cổ tròn", 129_000, _SIZES, 22)
TUMBLER = Product("NB-121", "Bình giữ nhiệt 750 ml", 215_000, _COLOURS, 18)

PRODUCTS = (
    AIR_FRYER,
    ROBOT,
    BLENDER,
    CLAY_POT,
    TEE,
    TUMBLER,
    Product("GD-502", "Ấm siêu tốc inox 1,8 lít", 285_000, (), 8),
    Product("GD-504", "Đèn bàn LED chống cận", 329_000, ("Trắng", "Hồng"), 6),
    Product("GD-505", "Quạt mini để bàn sạc điện", 189_000, _COLOURS, 12),
    Product("GD-506", "Nồi cơm điện 1,8 lít", 890_000, (), 2),
    Product("NB-102", "Chảo chống dính đáy từ 26 cm", 259_000, (), 12),
    Product("NB-103", "Bộ 3 hộp thủy tinh đựng thức ăn", 199_000, (), 14),
    Product("NB-104", "Thớt gỗ nghiến tròn 30 cm", 165_000, (), 8),
    Product("NB-105", "Bộ dao nhà bếp 5 món", 349_000, (), 6),
    Product("NB-106", "Bộ chén dĩa sứ 12 món", 459_000, ("Men trắng", "Men xanh"), 5),
    Product("NB-107", "Rổ nhựa xếp gọn", 45_000, (), 16),
    Product("NB-108", "Khay đá silicon có nắp", 39_000, (), 15),
    Product("NC-301", "Nước mắm cá cơm 40 độ, chai 500 ml", 95_000, (), 18),
    Product("NC-302", "Cà phê rang xay 500 g", 125_000, ("Nguyên hạt", "Bột pha phin"), 20),
    Product("NC-303", "Hạt điều rang muối 500 g", 175_000, (), 15),
    Product("NC-304", "Trà sen hộp 100 g", 155_000, (), 8),
    Product("NC-305", "Mật ong hoa cà phê 700 g", 189_000, (), 9),
    Product("NC-306", "Bánh tráng phơi sương, 3 gói", 69_000, (), 14),
    Product("TT-202", "Áo khoác gió hai lớp", 329_000, _SIZES, 9),
    Product("TT-203", "Quần jean ống đứng", 279_000, _SIZES, 12),
    Product("TT-204", "Đầm suông linen", 365_000, _SIZES, 9),
    Product("TT-205", "Bộ đồ ngủ lụa", 249_000, _SIZES, 10),
    Product("TT-206", "Dép quai ngang đế mềm", 89_000, ("36-37", "38-39", "40-41", "42-43"), 18),
    Product("TT-207", "Balo laptop chống nước", 389_000, ("Đen", "Xám"), 7),
    Product("TT-208", "Nón bucket hai mặt", 79_000, _COLOURS, 12),
    Product("TT-209", "Tất cổ ngắn, 10 đôi", 99_000, (), 16),
    Product("NT-401", "Kệ gỗ 3 tầng lắp ghép", 419_000, (), 4),
    Product("NT-402", "Rèm cửa chống nắng 1,5 x 2 m", 289_000, ("Xám", "Be"), 5),
    Product("NT-403", "Chăn hè đũi 2 x 2,2 m", 395_000, ("Hoa nhí", "Kẻ caro"), 6),
    Product("NT-404", "Gối cao su non", 225_000, (), 8),
    Product("NT-405", "Móc treo quần áo, 20 cái", 75_000, (), 15),
    Product("LD-601", "Kem chống nắng SPF 50 40 ml", 245_000, (), 14),
    Product("LD-602", "Dầu gội bồ kết 300 ml", 119_000, (), 15),
    Product("LD-603", "Son dưỡng mật ong", 59_000, ("Không màu", "Hồng đất"), 15),
)


def basket(rng: Random) -> tuple[Item, ...]:
    """What one order buys: one to four product lines, mostly one."""
    lines = rng.choices((1, 2, 3, 4), (60, 25, 10, 5))[0]
    chosen: dict[str, Product] = {}
    while len(chosen) < lines:
        product = rng.choices(PRODUCTS, [product.weight for product in PRODUCTS])[0]
        chosen[product.sku] = product
    return tuple(
        product.item(1 if product.price > 250_000 else rng.choices((1, 2, 3), (75, 20, 5))[0], rng.randrange(4))
        for product in chosen.values()
    )
