"""The prose of our papers, a paragraph a line; `**so**` weighs on the reader and is set apart."""

STATEMENT = """\
金额单位：人民币元。期末本金 ＝ 期初本金 ＋ 本期支用 － 归还本金 ＋ 其他变动；还款合计 ＝ 归还本金 ＋ 支付利息 ＋ 支付罚息 ＋ 支付费用 ＋ 溢缴。
其他变动指退款冲减、核销等。本单各项取自已关账的账务日，出具后不再变化。如与贵方记录不符，请在收到后十五日内联系我们。"""  # noqa: E501 -- paragraphs are not wrapped

RECEIPT = """\
宽限期：应还日后 {grace_days} 天内还清的，不算违约，也不收取罚息。
**逾期：宽限期满仍未还清的，自应还日起对逾期本金按年利率 {penalty_rate} 计收罚息，不再同时计收正常利息。**
提前还款：可随时提前归还部分或全部款项，只收取实际用款天数的利息，不收手续费。已确认的应还日不会提前。"""  # noqa: E501 -- paragraphs are not wrapped

PAYOFF = """\
兹证明：{merchant}（统一社会信用代码：{registration_no}）于 {value_on} 就订单 {order_no} 支用的人民币 {captured} 元借款，已于 {paid_off_on} 全部结清，无未还本金、利息、罚息及费用。"""  # noqa: E501 -- paragraphs are not wrapped

PAYOFF_END = "特此证明。"

NOTICE = """\
{merchant}：
贵方就订单 {order_no} 支用的借款（借据编号 {drawdown}），截至 {on} 有以下款项到期未还，已逾期 {days_past_due} 天，**合计人民币 {due} 元**。"""  # noqa: E501 -- paragraphs are not wrapped

NOTICE_END = """\
请尽快还清。**未还清前，逾期本金按年利率 {penalty_rate} 逐日计收罚息；逾期信息可能按规定报送征信机构，首次报送不良信息前会提前告知。**
如已还款，请忽略本函。如资金周转暂有困难，我们愿意与您商量还款安排；如对金额或货品有异议，请告诉我们，争议处理期间会暂停催收。
联系与投诉电话：{phone}（{lender}）。"""  # noqa: E501 -- paragraphs are not wrapped
