from datetime import date
def test_smoke(owner, paid, received, crew):
    paid(1_234_567, date(2026,10,5), 20_000); paid(2_000_000, date(2025,12,31)); received(500_000, 9)
    for path in ("/perkembangan","/perkembangan?tahun=2025","/perkembangan/bulan/2026-10","/perkembangan/ukuran","/perkembangan/laporan/2026-10","/perkembangan/laporan/2026-10/pdf","/perkembangan/surat","/rekap","/rekap.xlsx","/rekap.pdf","/periksa"):
        a=owner.get(path); print(path,len(a.data))
    owner.post("/perkembangan/bulan/2026-10",{"version":"0","outside_sales":"1.000.000","materials":"250000"})
    owner.post("/perkembangan/ukuran",{"on_day":"2026-10-30","workers":"3","cash":"5.000.000"})
    owner.post("/perkembangan/laporan/2026-10/cetak")
    owner.post("/perkembangan/surat",{"last":"2026-10","count":"6"})
    a=owner.get("/perkembangan/surat/1"); owner.get("/perkembangan/surat/1/pdf"); print(a.text[-6000:])
    owner.get("/periksa?kode=abc",303); owner.get("/periksa/AAAA",404)
    owner.post("/perkembangan/surat/1/tarik")
