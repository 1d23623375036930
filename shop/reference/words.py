"""Dated rules in plain words: their subjects, a sentence for each, the parts of their values, and which pages use them."""

from __future__ import annotations

from typing import Final

SUBJECTS: Final = {
    "tax": ("Pajak", "pajak"),
    "stamp": ("Meterai", "meterai"),
    "payment": ("Pembayaran", "pembayaran"),
    "qris": ("Bayar dengan QRIS", "qris"),
    "gateway": ("Pembayaran daring", "gateway"),
    "order": ("Pesanan", "pesanan"),
    "handover": ("Serah terima", "serah-terima"),
    "approval": ("Persetujuan", "persetujuan"),
    "negotiation": ("Tawar-menawar", "tawar"),
    "competition": ("Kompetisi harga", "kompetisi"),
    "contract": ("Bentuk kontrak", "kontrak"),
    "epurchasing": ("Pelaku pengadaan", "pelaku"),
    "hps": ("Harga perkiraan", "hps"),
    "hea": ("Preferensi harga", "preferensi"),
    "umk": ("Usaha mikro dan kecil", "umk"),
    "pdn": ("Wajib produk dalam negeri", "pdn"),
    "p3dn": ("Hitungan belanja P3DN", "p3dn"),
    "tkdn": ("TKDN", "tkdn"),
    "bmp": ("Bobot manfaat perusahaan", "bmp"),
    "curation": ("Kurasi", "kurasi"),
    "delegation": ("Penggantian sementara", "penggantian"),
    "risk": ("Tanda risiko", "risiko"),
}
"""Label and anchor by the first word of a key, in the order of the page."""
OTHERS: Final = ("Lain-lain", "lain")

TITLES: Final = {
    "approval.freeze_hours": "Selama menunggu persetujuan, harga dikunci selama ini.",
    "bmp.cap_bp": "Bobot manfaat perusahaan paling besar.",
    "bmp.factors": "Nilai paling besar setiap faktor bobot manfaat perusahaan.",
    "competition.extension_hours": "Kompetisi yang kurang penawaran diperpanjang satu kali selama ini.",
    "competition.least_bids": "Amplop dibuka bila penawaran sedikitnya sekian.",
    "competition.least_hours": "Waktu paling singkat untuk menawar.",
    "competition.least_invited": "Produsen yang diundang sedikitnya sekian.",
    "contract.form": "Sampai nilai mana cukup bukti pembelian, kuitansi, atau SPK.",
    "curation.two_people": "Kurasi kecamatan dan provinsi dinilai oleh dua orang.",
    "delegation.max_days": "Penggantian sementara paling lama sekian.",
    "epurchasing.actor_above_200m": "Siapa yang membeli di atas Rp200 juta.",
    "gateway.stripe_min_rupiah": "Pembayaran daring paling kecil.",
    "handover.auto_accept_working_days": "Barang yang tiba dan tidak diperiksa kantor dianggap diterima setelah sekian.",
    "handover.complaint_answer_working_days": "Waktu produsen untuk menanggapi pengaduan.",
    "handover.complaint_close_working_days": "Pengaduan yang sudah diputus ditutup setelah sekian.",
    "handover.complaint_decide_working_days": "Waktu untuk memutus pengaduan.",
    "handover.countersign_working_days": "Waktu produsen untuk menandatangani BAP dan BAST.",
    "handover.shortage_answer_hours": "Waktu produsen untuk menanggapi barang yang kurang.",
    "hea": "Preferensi harga untuk produk dengan TKDN.",
    "hps.required_above": "Di atas nilai ini HPS wajib dibuat.",
    "negotiation.promise_days": "Harga sepakat berlaku paling lama sekian.",
    "negotiation.turn_hours": "Waktu untuk satu giliran tawar-menawar.",
    "order.addendum_answer_hours": "Waktu untuk menjawab addendum.",
    "order.attendance_tolerance_bp": "Selisih daftar hadir dan porsi yang masih wajar.",
    "order.on_time_minutes": "Tiba sampai sekian setelah jam yang diminta masih tepat waktu.",
    "order.reminder_steps": "Kapan kantor diingatkan untuk membayar.",
    "order.seller_accept_hours": "Waktu produsen untuk menjawab pesanan.",
    "order.split_window_days": "Pesanan dalam jangka ini dilihat sebagai satu kebutuhan.",
    "order.stop_unpaid_working_days": "Kantor terlambat membayar selama ini: produsen boleh menghentikan pesanan lain.",
    "order.value_max": "Nilai paling besar satu paket.",
    "p3dn.alert_not_ordered": "Kapan kantor diingatkan bahwa rencananya belum dipesan.",
    "p3dn.forecast": "Yang diperlukan sebelum akhir tahun bisa diperkirakan.",
    "p3dn.kpi_pdn_share_bp": "Target bagian produk dalam negeri.",
    "p3dn.size_bands_rp": "Batas kelas kantor menurut belanja setahun, untuk peringkat yang adil.",
    "p3dn.value_basis": "Apa yang masuk nilai belanja.",
    "payment.due_working_days": "Kantor membayar paling lambat sekian setelah barang diterima.",
    "payment.kkpd_most": "Nilai paling besar satu pembayaran dengan Kartu Kredit Pemerintah.",
    "pdn.industrial_only": "Wajib produk dalam negeri hanya untuk hasil industri.",
    "pdn.tiers": "Tingkatan wajib produk dalam negeri.",
    "qris.limit": "Nilai QRIS paling besar.",
    "qris.mdr.BLU": "Biaya QRIS badan layanan umum.",
    "qris.mdr.PSO": "Biaya QRIS layanan publik bersubsidi.",
    "qris.mdr.SPBU": "Biaya QRIS pompa bensin.",
    "qris.mdr.UKE_UME_UBE": "Biaya QRIS usaha kecil, menengah, dan besar.",
    "qris.mdr.UMI": "Biaya QRIS usaha mikro.",
    "qris.mdr.URE": "Biaya QRIS usaha reguler.",
    "qris.mdr.education": "Biaya QRIS pendidikan.",
    "qris.mdr.social": "Biaya QRIS bantuan sosial, ibadah, dan donasi.",
    "risk.above_price": "Tanda risiko: harga di atas yang lazim dibayar.",
    "risk.after_event": "Tanda risiko: pesanan dibuat sesudah acara.",
    "risk.below_limit": "Tanda risiko: nilai sedikit di bawah batas, berulang.",
    "risk.cancel_reorder": "Tanda risiko: dibatalkan lalu dipesan lagi.",
    "risk.closed_day": "Tanda risiko: pesanan untuk hari libur.",
    "risk.conflict": "Tanda risiko: benturan kepentingan.",
    "risk.list_and_buy": "Tanda risiko: produk baru tampil langsung dibeli.",
    "risk.one_hand": "Tanda risiko: satu orang memegang dua tugas.",
    "risk.price_rise": "Tanda risiko: harga naik tepat sebelum dipesan.",
    "risk.repeat_producer": "Tanda risiko: selalu produsen yang sama.",
    "risk.same_need": "Tanda risiko: satu kebutuhan dipecah beberapa pesanan.",
    "risk.year_end": "Tanda risiko: belanja menumpuk di akhir tahun.",
    "stamp": "Bukti terima uang di atas nilai ini bermeterai.",
    "tax.catering.pph23": "PPh Pasal 23 atas katering dan jasa badan usaha.",
    "tax.catering_categories": "Rak yang dihitung sebagai katering.",
    "tax.collector_default": "Siapa yang memungut pajak.",
    "tax.deposit_day.pph": "PPh disetor paling lambat tanggal sekian bulan berikutnya.",
    "tax.deposit_day.ppn": "PPN disetor paling lambat tanggal sekian bulan berikutnya.",
    "tax.kkpd_not_collected": "Yang tidak dipungut bila dibayar dengan kartu kredit pemerintah.",
    "tax.object_codes": "Kode objek pajak dan kode setor untuk daftar bendahara.",
    "tax.pbjt_food_dki": "Pajak daerah (PBJT) atas makanan dan minuman.",
    "tax.pbjt_in_pph_base": "PBJT ikut menjadi dasar PPh.",
    "tax.pph21.non_employee": "PPh Pasal 21 atas jasa perorangan.",
    "tax.pph22.pmk37": "PPh Pasal 22 oleh lokapasar eceran yang ditunjuk.",
    "tax.pph22.pmk58": "PPh Pasal 22 oleh platform pengadaan.",
    "tax.pph22.treasurer": "PPh Pasal 22 atas barang, dipungut bendahara.",
    "tax.pph_final_umkm": "PPh final UMKM dan batas omzetnya.",
    "tax.pph_final_umkm.exempt_part_only": "Bila omzet melewati batas, hanya bagian di atasnya yang dipotong.",
    "tax.pph_final_umkm.floor_2m": "Batas bawah pemungutan juga melindungi PPh final.",
    "tax.pph_final_umkm.forms": "Bentuk usaha yang berhak atas PPh final.",
    "tax.pph_final_umkm.warn_at": "Produsen diperingatkan bila omzetnya mencapai nilai ini.",
    "tax.pph_rounding": "Cara membulatkan PPh.",
    "tax.ppn": "Tarif PPN, dan bagian harga yang menjadi dasarnya.",
    "tax.ppn.treasurer_exempt_upto": "Sampai nilai ini PPN tidak dipungut bendahara; penjual menyetor sendiri.",
    "tax.price_basis": "Apakah pajak sudah ada di dalam harga.",
    "tkdn.cert_default_years": "Masa berlaku sertifikat TKDN.",
    "tkdn.cert_last_day_inclusive": "Hari terakhir pada sertifikat masih berlaku.",
    "tkdn.goods.method": "Bobot TKDN barang.",
    "tkdn.ik_self_declare_cap_bp": "TKDN pernyataan mandiri paling besar.",
    "tkdn.ik_validity_years": "Masa berlaku pernyataan mandiri.",
    "tkdn.invest_min_bp": "TKDN paling kecil untuk pabrik di Indonesia.",
    "tkdn.overhead_scale": "Nilai tempat produksi.",
    "tkdn.rnd_bonus_max_bp": "Tambahan TKDN paling besar karena penelitian.",
    "umk.classes": "Batas kelas usaha mikro, kecil, dan menengah.",
    "umk.package_max": "Paket sampai nilai ini untuk usaha mikro dan kecil.",
    "umk.share_bp": "Bagian anggaran untuk usaha mikro dan kecil.",
}
"""A sentence for each rule, by key; a rule without one is shown by its key."""

PARTS: Final = {
    "above": "Di atas", "amount": "Besarnya", "bp": "Tarif", "bp_no_npwp": "Tarif tanpa NPWP",
    "exempt_upto": "Tidak dipungut sampai", "free_upto": "Gratis sampai", "share_bp": "Bagian yang dihitung",
    "layers": "Lapisan", "no_npwp_percent": "Persen tanpa NPWP", "individual_exempt": "Perorangan bebas sampai",
    "turnover_max": "Omzet paling besar", "exempt_monthly_turnover_upto": "Bebas bila omzet sebulan sampai",
    "num": "Pembilang", "den": "Penyebut", "base_num": "Pembilang dasar", "base_den": "Penyebut dasar",
    "luxury_base": "Dasar barang mewah", "enabled": "Sudah ditetapkan", "days": "Hari", "hours": "Jam", "minutes": "Menit",
    "thresholds": "Batas nilai", "limits_rp": "Batas nilai", "proof": "Bukti pembelian sampai", "kuitansi": "Kuitansi sampai",
    "spk": "SPK sampai", "capital": "Modal", "turnover": "Omzet", "material": "Bahan", "labour": "Tenaga kerja",
    "overhead": "Tempat produksi", "tax": "Pajak", "shipping": "Ongkos kirim", "before": "Hari kerja sebelum batas",
    "again": "Hari kerja antara pengingat", "most": "Paling banyak",
    "PPH22.object": "PPh 22: kode objek", "PPH22.account": "PPh 22: kode setor",
    "PPH23.catering.object": "PPh 23 katering: kode objek",
    "PPH23.catering.account": "PPh 23 katering: kode setor", "PPH23.service.object": "PPh 23 jasa: kode objek",
    "PPH23.service.account": "PPh 23 jasa: kode setor", "PPH_FINAL_UMKM.object": "PPh final UMKM: kode objek",
    "PPH_FINAL_UMKM.account": "PPh final UMKM: kode setor", "PPH21_BP.object": "PPh 21 bukan pegawai: kode objek",
    "PPH21_BP.account": "PPh 21 bukan pegawai: kode setor", "PPN.object": "PPN: kode objek",
    "PPN.account": "PPN: kode setor", "day": "Tanggal", "jobs": "Lapangan kerja", "investment": "Investasi",
    "partnership": "Kemitraan", "certification": "Sertifikasi", "awards": "Penghargaan", "exports": "Ekspor",
    "people": "Peningkatan kemampuan orang", "brand": "Merek sendiri", "green": "Industri hijau",
    "machinery": "Mesin dalam negeri", "location": "Lokasi", "pioneer": "Industri perintis",
    "industry4": "Industri digital", "hps_above": "HPS di atas", "min_tkdn": "TKDN paling kecil",
    "max_pref": "Preferensi paling besar", "formula": "Rumus", "quarter": "Kuartil",
    "least": "Baris paling sedikit", "margin_bp": "Jarak ke batas", "same": "Berulang", "times": "Kali",
    "weekend": "Sabtu dan Minggu ikut", "told": "Dipakai", "few_hours": "Jam paling sedikit",
    "rise_bp": "Kenaikan", "orders": "Pesanan", "closing_day": "Tanggal tutup buku", "last_days": "Hari terakhir",
    "own": "Milik sendiri", "other_plant": "Pabrik lain", "other_industry": "Industri lain", "none": "Tidak ada",
    "weeks": "Minggu sebelum akhir tahun", "left_bp": "Bagian yang belum dipesan", "least_orders": "Pesanan paling sedikit",
    "least_days": "Hari kerja paling sedikit", "least_past_bp": "Bagian tahun lalu paling sedikit",
}  # fmt: skip
"""Parts of a value; others are shown by their name."""

WORDS: Final = {
    "treasurer": "Bendahara", "platform58": "Platform pengadaan", "platform37": "Lokapasar eceran", "none": "Tidak ada",
    "included": "Sudah termasuk", "excluded": "Tidak termasuk", "floor": "Ke bawah", "half_up": "Ke rupiah terdekat",
    "individual": "Perorangan", "pt_perorangan": "PT perorangan", "koperasi": "Koperasi", "cv": "CV", "firma": "Firma",
    "pt": "PT", "POKJA": "Pokja Pemilihan",
}  # fmt: skip
"""Words inside values; others are shown as they are."""
UNITS: Final = {
    "working_days": "hari kerja", "days": "hari", "hours": "jam", "minutes": "menit", "years": "tahun",
}  # fmt: skip

USED: Final = {
    "stamp": "Dipakai di kalkulator pajak, halaman bayar, dan kuitansi.",
    "payment": "Dipakai untuk batas waktu bayar setiap pesanan yang diterima sejak hari itu, dan di halaman ketepatan bayar.",
    "qris": "Dipakai saat membuat dan memeriksa QRIS.",
    "order": "Dipakai untuk pesanan yang dibuat sejak hari itu: batas waktu, pengingat, dan tanda di keranjang.",
    "handover": "Dipakai untuk batas waktu serah terima dan pengaduan sejak hari itu.",
    "negotiation": "Dipakai untuk tawar-menawar yang dimulai sejak hari itu.",
    "competition": "Dipakai untuk kompetisi yang dimulai sejak hari itu.",
    "p3dn": "Dipakai di halaman belanja P3DN dan sasaran kantor.",
    "pdn": "Dipakai saat menimbang keranjang dan memesan.",
    "tkdn": "Dipakai di kalkulator TKDN dan untuk bukti yang terbit sejak hari itu.",
    "bmp": "Dipakai di kalkulator TKDN.",
    "umk": "Dipakai di halaman perkembangan usaha dan saat menimbang keranjang.",
    "risk": "Dipakai untuk tanda risiko pesanan sejak hari itu; lihat halaman aturan risiko.",
}
"""Which pages a rule that is not about taxes changes, by the first word of its key."""
ELSEWHERE: Final = "Dipakai di halaman yang menyebut aturan ini, untuk kejadian sejak hari itu."


def subject_of(key: str) -> str:
    """Return the first word of a key, which is its subject."""
    return key.partition(".")[0]


def unit_of(key: str, name: str) -> str:
    """Return the unit of a count as a msgid, empty when it has none."""
    words = name or key.rsplit(".", 1)[-1]
    return next((unit for end, unit in UNITS.items() if words == end or words.endswith("_" + end)), "")
