"""The framework agreement a merchant signs, drafted by us; weighty clauses are marked **so**."""

from typing import Any

from platform_app.kernel.money import format_yuan

TEMPLATE = """采购白条循环额度协议

协议编号：{line_id}
借款人：{merchant}（统一社会信用代码：{registration_no}）
资金方：{lender}{which_lender}
合作平台：{tenant}

一、额度。循环额度为人民币 {limit} 元，仅用于支付在合作平台的采购订单；款项由资金方直接支付给卖方。
二、利息。**年利率（单利）{annual_rate}，按实际使用天数以 {year_days} 天为一年计息{free_days}。**
三、还款。每笔支用的期限、各期应还日与金额，以支用时确认并保存的还款计划为准；已确认的应还日不会提前。{from_sales}
四、宽限期。应还日后 {grace_days} 天内还清的，不算违约，也不收取罚息。
五、逾期。**宽限期满仍未还清的，自应还日起对逾期本金按年利率 {penalty_rate} 计收罚息，不再同时计收正常利息。**
六、提前还款。可随时提前归还部分或全部款项，只收取实际用款天数的利息，不收手续费。
七、费用。除《综合融资成本明示表》（校验值 {cost_sheet}）列明的项目外，不收取任何费用。
八、征信。**逾期信息可能按规定报送征信机构；首次报送不良信息前会提前告知。**
九、投诉与咨询。资金方电话：{phones}。

签署日期：{signed_on}
"""  # noqa: E501 -- the clauses of a contract are not wrapped


SEVERAL = "（每笔支用由其中一方或多方出资，以借据所载为准）"
FROM_SALES = "**合作平台从借款人的每笔销售货款中留存 {share}，用于归还最早到期的款项。**"


def contract_text(facts: dict[str, Any]) -> str:
    """Fill in the agreement. `limit_minor` in fen; rates as percentages already written out.

    `lenders` are all that may fund an order, each with its `name` and `complaint_phone`;
    `share_of_sales` is empty when nothing is kept back of sales.
    """
    lenders, share = facts["lenders"], facts["share_of_sales"]
    phones = [f"{one['name']} {one['complaint_phone'] or '—'}" for one in lenders]
    return TEMPLATE.format(
        limit=format_yuan(facts["limit_minor"]),
        lender="、".join(one["name"] for one in lenders),
        which_lender=SEVERAL if len(lenders) > 1 else "",
        phones="；".join(phones) if len(lenders) > 1 else lenders[0]["complaint_phone"] or "—",
        from_sales=FROM_SALES.format(share=share) if share else "",
        **facts,
    )
