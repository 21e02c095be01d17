"""A small help center in English, German, Arabic and Japanese: four articles each, and a front page."""

from pathlib import Path

ARTICLES = {
    "en/index.md": "# Help\n\nAnswers about orders and accounts.\n",
    "en/orders/late.md": (
        "---\nissue: [package never arrived]\n---\n# Late package\n\n"
        "A package that does not arrive within three days is late. Track the shipment.\n\n"
        "## Ask for a replacement\n\nWrite to us. See [refunds](refund.md).\n"
    ),
    "en/orders/refund.md": "# Refund of an order\n\nThe money comes back within five days.\n",
    "en/account.md": "# Your account\n\nChange the password in the settings.\n",
    "en/chat.md": (
        "---\ntier: contact\nchannel:\n  name: chat\n  where: Account > Chat\n---\n"
        "# Chat with us\n\nOpen the chat.\n"
    ),
    "de/orders/late.md": (
        "---\nissue: [Paket ist nie angekommen]\n---\n# Verspätetes Paket\n\n"
        "Ein Paket, das nach drei Tagen nicht da ist, ist verspätet. Verfolgen Sie die Lieferung.\n"
    ),
    "de/orders/refund.md": (
        "# Erstattung einer Bestellung\n\nDas Geld kommt in fünf Tagen zurück. "
        "Siehe [Pakete](/en/orders/late.md), [Konto](../account.md) und [hier](/orders/late).\n"
    ),
    "de/laden.md": "# Abholung im Laden\n\nHolen Sie Pakete im Laden ab.\n",
    "de/anruf.md": (
        "---\ntier: contact\nchannel:\n  name: Telefon\n  where: 0800 1234\n---\n"
        "# Rufen Sie uns an\n\nWir sind da.\n"
    ),
    "ar/orders/late.md": ("# طرد متأخر\n\nالطرد الذي لا يصل خلال ثلاثة أيام متأخر. تتبع الشحنة.\n"),
    "ar/account.md": "# حسابك\n\nغيّر كلمة المرور في الإعدادات.\n",
    "ar/orders/refund.md": "# استرداد ثمن طلب\n\nيعود المال خلال خمسة أيام.\n",
    "ar/store.md": "# الاستلام من المتجر\n\nاستلم الطرود من المتجر.\n",
    "ja/orders/late.md": (
        "# 荷物が届かない\n\n三日以内に届かない荷物は遅延です。配送状況を確認してください。\n"
    ),
    "ja/account.md": "# アカウント\n\n設定でパスワードを変更できます。\n",
    "ja/orders/refund.md": "# 注文の返金\n\n代金は五日以内に戻ります。\n",
    "ja/store.md": "# 店舗での受け取り\n\n店舗で荷物を受け取れます。\n",
}


def write_tongues(folder: Path) -> Path:
    """Write the help center into a folder."""
    for path, text in ARTICLES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder
