"""Why a listing is not accepted yet: a fixed list, each reason with how to mend it, so that nobody is refused unheard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as the producer reads it: what is wrong, and what to do. Both are msgids."""

    label: str
    mend: str


REASONS: Final[Mapping[str, Reason]] = {
    "photo_unclear": Reason(
        "Foto kurang jelas",
        "Foto ulang di tempat terang, dari dekat, dengan latar polos. Satu foto harus menunjukkan seluruh produk.",
    ),
    "photo_other": Reason(
        "Foto bukan produk ini",
        "Pakai foto produk Anda sendiri. Hapus foto dari internet atau foto produk lain.",
    ),
    "name": Reason(
        "Nama produk belum jelas",
        "Tulis apa barangnya dan ukurannya, misalnya: Keripik singkong balado 100 g.",
    ),
    "description": Reason(
        "Keterangan belum lengkap",
        "Tulis isi, ukuran, dan daya tahan produk dengan kalimat Anda sendiri.",
    ),
    "category": Reason("Kategori tidak cocok", "Pilih kategori yang paling dekat dengan produk Anda."),
    "ingredients": Reason(
        "Bahan atau alergen belum ditulis",
        "Tulis semua bahan, juga yang sedikit. Centang alergen seperti telur, susu, kacang, dan udang.",
    ),
    "taste": Reason(
        "Rasa perlu diperbaiki",
        "Baca catatan kurator, perbaiki resepnya, lalu bawa contoh baru ke kecamatan.",
    ),
    "packaging": Reason(
        "Kemasan belum layak",
        "Pakai kemasan yang tertutup rapat dan aman untuk makanan. Kecamatan bisa membantu contoh kemasan.",
    ),
    "label": Reason(
        "Label belum lengkap",
        "Cantumkan nama produk, nama usaha, bahan, berat, dan tanggal kedaluwarsa.",
    ),
    "hygiene": Reason(
        "Kebersihan perlu diperbaiki",
        "Rapikan dapur dan alat, pakai penutup kepala dan sarung tangan, lalu minta kunjungan pendamping.",
    ),
    "halal": Reason(
        "Surat halal belum ada atau sudah habis masa berlakunya",
        "Unggah sertifikat halal di dompet dokumen, atau hapus tanda halal dari produk ini.",
    ),
    "licence": Reason(
        "Izin edar belum ada (PIRT atau BPOM)",
        "Unggah nomor PIRT atau BPOM di dompet dokumen. Belum punya? Minta bantuan perizinan di kecamatan.",
    ),
    "sample": Reason(
        "Contoh produk belum diterima",
        "Antar satu contoh produk ke kantor kecamatan, lalu kirim ulang.",
    ),
    "not_own": Reason(
        "Bukan buatan sendiri",
        "Daftarkan hanya produk yang Anda buat sendiri. Barang yang dibeli untuk dijual lagi tidak bisa masuk.",
    ),
    "twin": Reason(
        "Sama dengan produk Anda yang lain",
        "Ubah produk yang sudah ada, atau tulis apa bedanya pada nama dan keterangan.",
    ),
    "other": Reason("Alasan lain", "Baca catatan kurator di bawah ini, lalu perbaiki dan kirim ulang."),
}
"""Keys are kept in reviews for ever: a reason that is not used any more is renamed, never removed."""


def known(keys: Iterable[str]) -> list[tuple[str, Reason]]:
    """Return (key, reason) for those of the keys that are in the list, in the list's order."""
    wanted = set(keys)
    return [(key, reason) for key, reason in REASONS.items() if key in wanted]
