"""Files of merchants: read whatever their manner, counted exactly, taken once, resumed anywhere."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from campaigns.domain.pool_row import PoolRow
from campaigns.errors import (
    PoolFileGone,
    PoolFileKind,
    PoolFileTooLarge,
    PoolImportStarted,
    PoolImportTaken,
)
from campaigns.gateways.pool_file import read_pool
from campaigns.models import PoolImport, PoolImportError, PoolMember
from campaigns.operations import pool_imports
from campaigns.operations.pool_files import drop_pool_files, on_disk, preview_pool_import
from campaigns.operations.pool_imports import (
    check_pool_file,
    confirm_pool_import,
    import_pool,
    start_pool_import,
)
from campaigns.operations.pool_members import remove_member
from campaigns.tasks import resume_pool_imports
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tenants.operations.sandbox import fake_registration_no
from tests.campaigns import pools

pytestmark = pytest.mark.django_db
USCC = fake_registration_no(7)


def counts(row: PoolImport) -> tuple[int, ...]:
    return (
        row.row_count, row.created_count, row.changed_count, row.repeated_count,
        row.matched_count, row.error_count,
    )  # fmt: skip


def refusals(row: PoolImport) -> list[tuple[int, str]]:
    errors = PoolImportError.objects.filter(pool_import=row).order_by("line_no")
    return list(errors.values_list("line_no", "code"))


def facts() -> tuple[int, ...]:
    tables = (PoolImport, PoolImportError, PoolMember, Event, AuditRecord)
    return tuple(table.objects.count() for table in tables)


def test_an_excel_export_in_gbk_with_chinese_headings(inside: Tenant, at: datetime) -> None:
    firm, _ = upsert_merchant(external_id="0012", name="示例店", actor="usr", at=at)
    text = (
        "商户编号,企业名称,统一社会信用代码,分层,备注,地区\r\n"
        f'="0012",示例宠物店,{USCC.lower()},Ａ级,随便,杭州\r\n'
        "M-2,示例服装厂,,b,,\r\n"
        "M-3,示例,1234,,,\r\n"
        "M-4,示例,,E,,\r\n"
        ",示例,,,,\r\n"
        "M-2,再来一次,,,,\r\n"
        "M-5,少一列,\r\n"
        'M-6,"没有收口,,,,\r\n'
    )
    row = pools.read(text.encode("gb18030"), at)
    assert (row.status, counts(row)) == ("done", (8, 2, 0, 0, 1, 6))
    assert refusals(row) == [
        (4, "bad_registration_no"),
        (5, "bad_tier"),
        (6, "missing"),
        (7, "twice_in_file"),
        (8, "column_count"),
        (9, "quotes"),
    ]
    matched = pools.member("0012")
    assert (matched.merchant_id, matched.status, matched.tier) == (firm.id, "matched", "A")
    assert (matched.registration_no, matched.region) == (USCC, "杭州")
    waiting = pools.member("M-2")
    assert (waiting.merchant_id, waiting.status, waiting.tier) == (None, "imported", "B")
    assert waiting.source_import_id == row.id


def test_json_lines_say_the_same(inside: Tenant, at: datetime) -> None:
    row = pools.read(
        '\ufeff{"external_id": "M-1", "name": "示例店", "tier": "C"}\n'
        '{"external_id": 7, "tier": null, "anything": [1]}\n'
        "[1]\n"
        '{"name": "没有编号"}\n'
        '{"external_id": "M-9", "name": "\\ud800"}\n',
        at,
        "pool.jsonl",
    )
    assert counts(row) == (5, 2, 0, 0, 0, 3)
    assert refusals(row) == [(3, "bad_json"), (4, "missing"), (5, "control_character")]
    assert list(PoolMember.objects.order_by("external_id").values_list("external_id", "tier")) == [
        ("7", ""),
        ("M-1", "C"),
    ]


def test_a_thinner_file_erases_nothing_and_the_same_row_changes_nothing(
    inside: Tenant, at: datetime
) -> None:
    pools.pooled(at, "M-1,示例店,,A,宠物,杭州", "M-2,示例厂,,,,")
    before = pools.member("M-2")
    second = pools.pooled(at, "M-1,,,B,,", "M-2,示例厂,,,,")
    assert counts(second) == (2, 0, 1, 1, 0, 0)
    changed = pools.member("M-1")
    assert (changed.name, changed.tier, changed.region, changed.version) == (
        "示例店",
        "B",
        "杭州",
        2,
    )
    assert pools.member("M-2").version == before.version == 1


def test_a_firm_is_one_member_whatever_number_it_comes_under(inside: Tenant, at: datetime) -> None:
    firm, _ = upsert_merchant(
        external_id="M-1", name="示例厂", registration_no=USCC, actor="usr", at=at
    )
    first = pools.pooled(at, f"OLD-1,示例厂,{USCC},A,,")
    assert counts(first) == (1, 1, 0, 0, 1, 0)
    assert pools.member("OLD-1").merchant_id == firm.id
    second = pools.pooled(at, "M-1,示例厂,,,,", f"X-1,示例厂,{USCC},,,")
    assert refusals(second) == [(2, "firm_taken"), (3, "firm_taken")]
    assert PoolMember.objects.count() == 1


def test_a_registration_number_of_two_merchants_matches_neither(
    inside: Tenant, at: datetime
) -> None:
    for number in ("M-1", "M-2"):
        upsert_merchant(external_id=number, name="店", registration_no=USCC, actor="usr", at=at)
    row = pools.pooled(at, f"X-1,店,{USCC},,,")
    assert counts(row) == (1, 1, 0, 0, 0, 0)
    assert pools.member("X-1").status == "imported"


def test_who_was_taken_out_does_not_come_back_by_a_file(inside: Tenant, at: datetime) -> None:
    pools.pooled(at, "M-1,店,,A,,")
    remove_member(member_id=pools.member("M-1").id, reason="停止合作", actor="usr", at=at)
    row = pools.pooled(at, "M-1,店,,B,,")
    assert refusals(row) == [(2, "member_removed")]
    assert (pools.member("M-1").status, pools.member("M-1").tier) == ("removed", "A")


def test_the_same_file_is_told_not_doubled(inside: Tenant, at: datetime, tmp_path: Path) -> None:
    text = f"{pools.HEADER}\nM-1,店,,A,,\n"
    first = pools.read(text, at)
    before = facts()
    again, is_new = start_pool_import(
        file_name="other.csv", content=io.BytesIO(text.encode()), consent_basis=pools.BASIS,
        actor="usr", at=at,
    )  # fmt: skip
    assert (again.id, is_new) == (first.id, False)
    with pytest.raises(PoolImportTaken):
        check_pool_file(file_name="x.csv", content=io.BytesIO(text.encode()), actor="usr")
    assert facts() == before
    assert len(list(tmp_path.rglob("*.csv"))) == 1


def test_a_file_is_looked_at_before_it_counts(
    inside: Tenant,
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    text = f"{pools.HEADER},remark\nM-1,店,,A,,,x\nM-2,店,,E,,,x\n"
    row = check_pool_file(file_name="pool.csv", content=io.BytesIO(text.encode()), actor="usr")
    seen = preview_pool_import(row)
    assert (seen.row_count, seen.good_count, seen.error_count) == (2, 1, 1)
    assert [one.external_id for one in seen.good] == ["M-1"]
    assert [(one.line_no, one.code) for one in seen.errors] == [(3, "bad_tier")]
    assert seen.ignored == ["remark"]
    assert import_pool(import_id=row.id).status == "checked"
    with pytest.raises(Invalid):
        confirm_pool_import(import_id=row.id, consent_basis="", actor="usr", at=at)
    assert PoolMember.objects.count() == 0
    with django_capture_on_commit_callbacks() as asked:
        confirm_pool_import(import_id=row.id, consent_basis=pools.BASIS, actor="usr", at=at)
    assert len(asked) == 1
    assert AuditRecord.objects.order_by("-position")[0].action == "campaigns.pool_import.start"
    assert import_pool(import_id=row.id).status == "done"
    with pytest.raises(PoolImportStarted):
        confirm_pool_import(import_id=row.id, consent_basis=pools.BASIS, actor="usr", at=at)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"name,tier\nx,A\n", "header_missing"),
        ("编号,编号\n1,2\n".encode(), "header_duplicate"),
    ],
)
def test_a_file_without_a_usable_header_fails(
    inside: Tenant, at: datetime, content: bytes, code: str
) -> None:
    row = pools.read(content, at)
    assert (row.status, row.error_count, [one for _, one in refusals(row)]) == ("failed", 1, [code])
    assert PoolMember.objects.count() == 0
    looked = check_pool_file(file_name="p.csv", content=io.BytesIO(content), actor="usr")
    assert preview_pool_import(looked).errors[0].code == code
    pools.started(content, at)  # a failed file may be sent again


def test_files_that_are_none(
    inside: Tenant, at: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = facts()
    monkeypatch.setattr(pool_imports, "MOST_BYTES", 10)
    for name, content, basis, error in (
        ("pool.xlsx", b"x", pools.BASIS, PoolFileKind),
        ("", b"x", pools.BASIS, Invalid),
        ("pool.csv", b"x" * 11, pools.BASIS, PoolFileTooLarge),
        ("pool.csv", b"x", "none", Invalid),
    ):
        with pytest.raises(error):
            start_pool_import(
                file_name=name, content=io.BytesIO(content), consent_basis=basis, actor="u", at=at
            )
    assert facts() == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_takes_the_same_statements_however_many(
    inside: Tenant, at: datetime, count: int
) -> None:
    upsert_merchant(external_id="M-0", name="店", actor="usr", at=at)
    pools.pooled(at, *(f"M-{n},店,,A,," for n in range(count)))
    row = pools.started(
        "\n".join(
            [
                pools.HEADER,
                *(f"M-{n},店,,B,,\nN-{n},店,,A,,\nBAD-{n},店,,E,," for n in range(count)),
            ]
        ),
        at,
    )
    with CaptureQueriesContext(
        connection,
    ) as seen:
        import_pool(import_id=row.id)
    said = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(said) == 18, "\n".join(said)


def test_a_crash_between_chunks_is_gone_on_from(
    inside: Tenant,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(pool_imports, "CHUNK", 2)
    row = pools.started("\n".join([pools.HEADER, *(f"M-{n},,,,," for n in range(5))]), at)
    seen = pool_imports._begin(row.id)
    lines = list(read_pool(on_disk(seen)).lines)
    assert all(isinstance(line.row, PoolRow) for line in lines)
    pool_imports._take_in(row.id, lines[:2], 0, at)
    with pytest.raises(pool_imports._Overtaken):
        pool_imports._take_in(row.id, lines[:2], 0, at)
    with django_capture_on_commit_callbacks() as asked:
        assert resume_pool_imports() == 1
    assert len(asked) == 1
    done = import_pool(import_id=row.id)
    assert (done.status, counts(done)) == ("done", (5, 5, 0, 0, 0, 0))
    assert import_pool(import_id=row.id).version == done.version


def test_another_platforms_import_and_no_scope(
    inside: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    row = pools.started(f"{pools.HEADER}\nM-1,,,,,\n", at)
    with tenant_scope(other_tenant.id):
        for import_id in (row.id, "nonsense"):
            with pytest.raises(NotFound):
                import_pool(import_id=import_id)
        with pytest.raises(NotFound):
            confirm_pool_import(import_id=row.id, consent_basis=pools.BASIS, actor="u", at=at)
        assert PoolMember.objects.count() == 0
    row.refresh_from_db()
    assert row.status == "waiting"


def test_without_a_scope_nothing_is_read(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        import_pool(import_id="pim_00000000000000000000000000")


@pytest.mark.parametrize("turn", [1, -1])
def test_a_firms_own_number_wins_wherever_it_stands(
    inside: Tenant, at: datetime, turn: int
) -> None:
    firm, _ = upsert_merchant(
        external_id="A", name="示例厂", registration_no=USCC, actor="usr", at=at
    )
    row = pools.pooled(at, *[f"Z,示例厂,{USCC},,,", f"A,示例厂,{USCC},,,"][::turn])
    assert [code for _, code in refusals(row)] == ["firm_taken"]
    assert pools.member("A").merchant_id == firm.id
    assert PoolMember.objects.count() == 1


def test_a_file_has_one_encoding(inside: Tenant, at: datetime) -> None:
    row = pools.read("商户编号,名称\r\nM-1,示例宠物店\r\nM-2,小伟\r\n".encode("gbk"), at)
    assert (row.created_count, row.error_count) == (2, 0)
    assert [pools.member(one).name for one in ("M-1", "M-2")] == ["示例宠物店", "小伟"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_of_two_headings_for_one_column_the_better_is_read(
    inside: Tenant, at: datetime, separator: str
) -> None:
    lines = ("编号,商户编号,店铺名称,公司名称,省份,城市", "1,M-1,示例小店,示例公司,浙江,杭州")
    row = pools.read("\n".join(lines).replace(",", separator), at)
    assert counts(row) == (1, 1, 0, 0, 0, 0)
    member = pools.member("M-1")
    assert (member.name, member.region) == ("示例公司", "浙江")


def test_only_columns_that_are_read_are_kept_of_a_refused_row(inside: Tenant, at: datetime) -> None:
    text = (
        "external_id,联系人,手机,tier\n"
        'M-1,张示例,13800000001,E\nM-2,张示例,13800000001\n"M-3,张示例,13800000001,A\n'
    )
    row = pools.read(text, at)
    kept = PoolImportError.objects.filter(pool_import=row).order_by("line_no")
    assert [(one.code, one.raw) for one in kept] == [
        ("bad_tier", "M-1,E"), ("column_count", ""), ("quotes", ""),
    ]  # fmt: skip
    said = pools.read(
        '{"external_id": "M-1", "phone": "13800000001", "tier": "E"}\n{"13800000001\n',
        at, "p.jsonl",
    )  # fmt: skip
    kept = PoolImportError.objects.filter(pool_import=said).order_by("line_no")
    assert [one.raw for one in kept] == ['{"external_id": "M-1", "tier": "E"}', ""]
    bare = pools.read("张示例,13800000001\n", at)
    assert PoolImportError.objects.get(pool_import=bare).raw == "张示例,*****"


def test_a_number_is_what_it_looks_like(inside: Tenant, at: datetime) -> None:
    row = pools.pooled(at, "Ｍ－\u200b1,,,,,", "1.23457E+11,,,,,", "12345.0,,,,,", "12E5,,,,,")
    assert refusals(row) == [(3, "shortened_number"), (4, "shortened_number")]
    lines = ("12345.0", "1e400", "1.5", "NaN")
    row = pools.read("".join(f'{{"external_id": {one}}}\n' for one in lines), at, "p.jsonl")
    assert refusals(row) == [(line, "shortened_number") for line in (2, 3, 4)]
    names = sorted(PoolMember.objects.values_list("external_id", flat=True))
    assert names == ["12345", "12E5", "M-1"]


def test_a_file_that_was_read_is_deleted(
    inside: Tenant,
    at: datetime,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for text in (f"{pools.HEADER}\nM-1,,,,,\n", "nothing\n"):
        row = pools.started(text, at)
        assert on_disk(row).is_file()
        with django_capture_on_commit_callbacks(execute=True):
            import_pool(import_id=row.id)
        assert not on_disk(row).exists()
    assert not list(tmp_path.rglob("*.csv"))


def test_a_file_nobody_confirms_is_deleted_after_a_week(inside: Tenant, at: datetime) -> None:
    content = f"{pools.HEADER}\nM-1,店,,,,\n".encode()
    row = check_pool_file(file_name="p.csv", content=io.BytesIO(content), actor="usr")
    day = row.created_at + timedelta(days=7)
    assert drop_pool_files(at=day - timedelta(seconds=1)) == 0
    assert preview_pool_import(row).good_count == 1
    assert [drop_pool_files(at=day) for _ in range(2)] == [1, 0]
    row.refresh_from_db()
    assert (on_disk(row).exists(), row.preview, row.status) == (False, {}, "checked")
    before = facts()
    with pytest.raises(PoolFileGone):
        preview_pool_import(row)
    with pytest.raises(PoolFileGone):
        confirm_pool_import(import_id=row.id, consent_basis=pools.BASIS, actor="usr", at=at)
    assert facts() == before


def test_a_file_lost_before_it_is_read_fails(inside: Tenant, at: datetime) -> None:
    row = pools.started(f"{pools.HEADER}\nM-1,,,,,\n", at)
    on_disk(row).unlink()
    done = import_pool(import_id=row.id)
    assert (done.status, refusals(done)) == ("failed", [(0, "file_gone")])
