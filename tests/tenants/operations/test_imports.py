"""Files of orders: read to the end whatever is in them, resumed anywhere, counted exactly."""

import gzip
import io
import threading
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import BadFileKind, FileTooLarge
from tenants.gateways import order_file
from tenants.gateways.order_file import read_orders
from tenants.models import Merchant, Tenant, TradeImport, TradeImportError, TradeOrder
from tenants.operations import imports
from tenants.operations.imports import error_file, import_file, start_import
from tenants.operations.tenants import create_tenant
from tenants.queries.imports import list_import_errors, list_imports, trade_import
from tenants.tasks import resume_imports
from tenants.values import RowError

pytestmark = pytest.mark.django_db
HEADER = "order_no,merchant_no,ordered_on,quantity,amount_yuan"
PACKED = gzip.compress(f"{HEADER}\nSO1,M1,2026-01-06,1,1\n".encode(), mtime=0)


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(at: datetime, content: bytes | str, name: str = "orders.csv") -> TradeImport:
    raw = content.encode() if isinstance(content, str) else content
    return start_import(file_name=name, content=io.BytesIO(raw), actor="usr", at=at)


def codes(row: TradeImport) -> list[tuple[int, str]]:
    return list(list_import_errors(row.id).values_list("line_no", "code"))


def counts(row: TradeImport) -> tuple[int, int, int, int, int]:
    return (
        row.row_count, row.created_count, row.revised_count, row.repeated_count, row.error_count,
    )  # fmt: skip


def test_an_upload_is_stored_and_read_in_the_background(
    inside: Tenant,
    at: datetime,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = upload(at, f"{HEADER}\nSO1,M1,2026-01-06,1,9.90\n", "C:\\data\\订单.csv")
        assert row.status == "waiting"
    done = trade_import(row.id)
    assert (done.status, done.file_name, done.finished_at) == ("done", "订单.csv", at)
    assert counts(done) == (1, 1, 0, 0, 0)
    assert done.byte_done == done.byte_count == len(HEADER) + 26
    assert (tmp_path / done.file_path).is_file()
    assert done.file_path.startswith(f"{inside.id}/imports/")
    assert list(list_imports()) == [done]


@pytest.mark.usefixtures("inside")
def test_a_messy_file_loses_only_its_bad_lines(at: datetime) -> None:
    lines = [
        b"\xef\xbb\xbforder_no, merchant_no ,ordered_on,quantity,amount_yuan,merchant_name",
        b'SO1,M1,2026/1/6,1,"1,234.50","\xe7\xa4\xba\xe4\xbe\x8b"',
        b"",
        "SO2,M1,2026-01-07,1,2.00,示例店".encode("gb18030"),
        b'SO3,M1,2026-01-07,1,2.00,"open',
        b"SO4,M1,2026-01-07,1,2.00",
        b"SO5,M1,2026-12-31,1,2.00,x",
        b"SO6,M1,2026-01-07,1,2.001,x",
        b"SO7,M\x001,2026-01-07,1,2.00,x",
        b"SO8,M1,2026-01-07,1,2.00," + b"x" * 70_000,
        b"\xff\xff\xff,M1,2026-01-07,1,2.00,x",
        b",,,,,",
        b"=cmd(),M1,2026-01-07,-1,2.00,x",
        b"SO9,M1,2026-01-07,1,2.00,x",
    ]
    done = import_file(import_id=upload(at, b"\r\n".join(lines)).id)
    assert counts(done) == (11, 2, 0, 0, 9)
    assert codes(done) == [
        (4, "encoding"), (5, "quotes"), (6, "column_count"), (7, "future_date"), (8, "too_precise"),
        (9, "control_character"), (10, "line_too_long"), (11, "encoding"),
        (13, "negative"),
    ]  # fmt: skip
    amounts = TradeOrder.objects.order_by("order_no").values_list("order_no", "amount_minor")
    assert list(amounts) == [("SO1", 123450), ("SO9", 200)]
    assert Merchant.objects.get().name == "示例"
    written = error_file(done).read_text("utf-8-sig").splitlines()
    assert written[0] == "line_no,code,reason,raw"
    assert len(written) == 10
    assert "'=cmd()" in written[9]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_file_has_one_encoding(at: datetime, name: str) -> None:
    """`小伟` in GBK is good UTF-8 too, and means something else."""
    head = HEADER + ",merchant_name\r\n"
    text = head + "SO1,M1,2026-01-06,1,9.90,示例店\r\nSO2,M2,2026-01-06,1,9.90,小伟\r\n"
    content = text.encode("gbk")
    packed = gzip.compress(content) if name.endswith(".gz") else content
    done = import_file(import_id=upload(at, packed, name).id)
    assert counts(done)[1] == 2
    names = Merchant.objects.order_by("external_id").values_list("name", flat=True)
    assert list(names) == ["示例店", "小伟"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty_file"),
        (b"\n\n", "a.csv", "empty_file"),
        (b"order_no,merchant_no\n", "a.csv", "header_missing"),
        (f"{HEADER},quantity\n".encode(), "a.csv", "header_duplicate"),
        (f"{HEADER}\n".encode("utf-16"), "a.csv", "encoding"),
        (b"not gzip", "a.csv.gz", "file_unreadable"),
        (PACKED[:-9], "a.csv.gz", "file_unreadable"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("inside")
def test_an_unreadable_file_fails_with_its_reason(
    content: bytes, name: str, code: str, at: datetime
) -> None:
    done = import_file(import_id=upload(at, content, name).id)
    assert (done.status, done.error_count, done.finished_at) == ("failed", 1, at)
    assert [found for _, found in codes(done)] == [code]
    assert import_file(import_id=done.id).error_count == 1


@pytest.mark.usefixtures("inside")
def test_gzip_is_read(at: datetime) -> None:
    row = upload(at, PACKED, "orders.CSV.GZ")
    error_file(row).write_text("left by a chunk that never committed")
    done = import_file(import_id=row.id)
    assert not error_file(done).exists()
    assert (done.status, counts(done)) == ("done", (1, 1, 0, 0, 0))


@pytest.mark.usefixtures("inside")
def test_a_second_upload_of_the_same_file_repeats(at: datetime) -> None:
    content = f"{HEADER}\nSO1,M1,2026-01-06,1,1\nSO1,M1,2026-01-06,1,2\n"
    assert counts(import_file(import_id=upload(at, content).id)) == (2, 1, 1, 0, 0)
    again = import_file(import_id=upload(at, content.replace("1,1\nSO1", "1,2\nSO1")).id)
    assert counts(again) == (2, 0, 0, 2, 0)
    assert import_file(import_id=again.id).row_count == 2


@pytest.mark.usefixtures("inside")
def test_a_crash_is_resumed_behind_the_last_chunk(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 3)
    lines = [f"SO{n},M{n},2026-01-06,1,{n}.00" for n in range(8)]
    lines[1] = lines[6] = "broken"
    row = upload(at, "\n".join([HEADER, *lines]))
    path = Path(imports._on_disk(row))
    whole = path.read_bytes()
    path.write_bytes(b"\n".join(whole.split(b"\n")[:6]) + b"\n")
    TradeImport.objects.filter(pk=row.pk).update(status="running")
    seen = trade_import(row.id)
    lines_read = imports._chunks(read_orders(path, known_on=at.date()))
    imports._take_in(seen.id, next(lines_read), 0, at)
    path.write_bytes(whole)
    with error_file(row).open("a") as file:
        file.write("9,written,before,the crash\n")
    with pytest.raises(imports._Overtaken):
        imports._take_in(row.id, [], 0, at)
    done = import_file(import_id=row.id)
    assert (done.status, counts(done)) == ("done", (8, 6, 0, 0, 2))
    assert codes(done) == [(3, "column_count"), (8, "column_count")]
    kept = [line.split(",")[0] for line in error_file(done).read_text("utf-8-sig").splitlines()]
    assert kept == ["line_no", "3", "8"]


@pytest.mark.usefixtures("inside")
def test_errors_are_all_counted_but_not_all_kept(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "ERRORS_KEPT", 3)
    monkeypatch.setattr(imports, "CHUNK", 2)
    done = import_file(import_id=upload(at, HEADER + "\nbad" * 5).id)
    assert (done.error_count, TradeImportError.objects.count()) == (5, 3)
    assert len(error_file(done).read_text("utf-8-sig").splitlines()) == 6


@pytest.mark.parametrize(
    ("name", "error"), [("a.xlsx", BadFileKind), ("a.csv.zip", BadFileKind), ("\x00.csv", Invalid)]
)
@pytest.mark.usefixtures("inside")
def test_other_files_are_refused(
    name: str, error: type[Exception], at: datetime, tmp_path: Path
) -> None:
    with pytest.raises(error):
        upload(at, HEADER, name)
    assert not TradeImport.objects.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("inside")
def test_a_file_over_the_limit_is_refused_and_removed(
    at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_BYTES", 1024**2)
    with pytest.raises(FileTooLarge) as caught:
        upload(at, b"x" * (1024**2 + 1))
    assert caught.value.facts == {"limit_mb": 1}
    assert not TradeImport.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_import_is_its_owners_alone(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        row = upload(at, f"{HEADER}\nSO1,M1,2026-01-06,1,1\n")
    with tenant_scope(other_tenant.id):
        for read in (lambda number: import_file(import_id=number), trade_import):
            for number in (row.id, "imp_1"):
                with pytest.raises(NotFound):
                    read(number)
        assert list(list_import_errors(row.id)) == []
    with pytest.raises(NoScope):
        trade_import(row.id)
    with tenant_scope(tenant.id):
        assert trade_import(row.id).status == "waiting"


def test_damage_further_on_does_not_cost_the_good_lines(inside: Tenant, at: datetime) -> None:
    lines = [f"SO{n},M1,2026-01-06,1,{n}.00" for n in range(20_000)]
    packed = gzip.compress("\n".join([HEADER, *lines]).encode())
    done = import_file(import_id=upload(at, packed[: len(packed) // 2], "a.csv.gz").id)
    assert (done.status, done.error_count) == ("failed", 1)
    assert 0 < done.created_count == done.row_count == TradeOrder.objects.count()
    assert inside.id == done.tenant_id


def test_a_file_that_unpacks_without_end_is_stopped(
    inside: Tenant, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_file, "MOST_BYTES", 200_000)
    bomb = gzip.compress(HEADER.encode() + b"\n" + b"x" * 5_000_000)
    done = import_file(import_id=upload(at, bomb, "a.csv.gz").id)
    assert (done.status, codes(done)) == ("failed", [(2, "file_too_large")])
    assert inside.id == done.tenant_id


def test_an_overtaken_worker_stops_and_changes_nothing(inside: Tenant, at: datetime) -> None:
    row = upload(at, f"{HEADER}\nSO1,M1,2026-01-06,1,1\n")
    stale = trade_import(row.id)
    import_file(import_id=row.id)
    with pytest.raises(imports._Overtaken):
        imports._read_chunks(stale, at)
    imports._fail(stale, RowError(0, "file_unreadable", "", ""))
    assert counts(trade_import(row.id)) == (1, 1, 0, 0, 0)
    assert trade_import(row.id).status == "done"
    assert inside.id == stale.tenant_id


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_import_count_each_line_once(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    tenant = create_tenant(slug="race", name="示例", vertical="pet", actor="t", at=at)
    lines = [f"SO{n},M{n % 7},2026-01-06,1,{n}.00" for n in range(300)]
    lines[150] = "broken"
    barrier = threading.Barrier(2)
    with tenant_scope(tenant.id), transaction.atomic():
        row = upload(at, "\n".join([HEADER, *lines]))
        transaction.get_connection().run_on_commit.clear()  # the two below take the job's place

    def work() -> None:
        try:
            with tenant_scope(tenant.id):
                barrier.wait()
                import_file(import_id=row.id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_scope(tenant.id):
        done = trade_import(row.id)
        assert (done.status, counts(done)) == ("done", (300, 299, 0, 0, 1))
        assert codes(done) == [(152, "column_count")]
        assert TradeOrder.objects.count() == 299
    assert len(error_file(done).read_text("utf-8-sig").splitlines()) == 2


def test_the_sweep_resumes_what_was_left(
    tenant: Tenant,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with tenant_scope(tenant.id):
        row = upload(at, f"{HEADER}\nSO1,M1,2026-01-06,1,1\n")
        TradeImport.objects.filter(pk=row.pk).update(status="running")
    with django_capture_on_commit_callbacks(execute=True):
        assert resume_imports() == 1
    with tenant_scope(tenant.id):
        assert (trade_import(row.id).status, TradeOrder.objects.count()) == ("done", 1)
    assert resume_imports() == 0
