"""The words merchants agree to: data, versioned, hashed as shown. A lawyer reviews before launch.

A changed text or a changed receiver gives another hash, and so asks for a new consent.
"""

import hashlib
from typing import Final

from platform_app.kernel.errors import Invalid
from tenants.values import ConsentText

VERSION: Final = "2026-11"

# (code, locale) → title, text. {platform}, {lender} and {phone} are filled in before hashing.
_TEXTS: Final = {
    ("service_and_privacy", "zh-hans"): (
        "服务协议与隐私政策",
        (
            "我们为{platform}的商户提供账期与贷款的申请、查询和还款服务，不发放贷款；贷款由{lender}发放。\n"
            "为此我们处理您的企业名称、统一社会信用代码、联系人、在平台的订单与还款记录，"
            "用于核实身份、评估额度、履行合同和依法留存。交易与合同记录在关系结束后保存十年，"
            "未完成的申请在 180 天后删除。\n"
            "您可以随时查看、更正、复制您的信息，也可以撤回同意；撤回不影响此前已进行的处理，"
            "但额度会暂停使用。自动评估的结果您有权要求说明，并要求人工复核。咨询与投诉：{phone}。"
        ),
    ),
    ("service_and_privacy", "en"): (
        "Service agreement and privacy policy",
        (
            "We let merchants of {platform} apply for, look up and repay credit. We do not lend: "
            "{lender} does.\n"
            "For this we process the name and registration number of your firm, its contacts, your "
            "orders on the platform and your repayments, to verify identity, assess a limit, "
            "perform "
            "the contract and keep the records the law asks for. Transaction and contract "
            "records are "
            "kept for ten years after the relation ends; unfinished applications are deleted after "
            "180 days.\n"
            "You may see, correct and copy your data and withdraw this consent at any time; "
            "withdrawing does not undo earlier processing, but the line is suspended. You may "
            "ask for "
            "an explanation and a human review of an automated result. Questions and complaints: "
            "{phone}."
        ),
    ),
    ("sensitive_data", "zh-hans"): (
        "敏感个人信息处理单独同意书",
        (
            "为核实您就是企业的法定代表人或经营者本人，我们需要处理您的证件号码、手机号码和收款账户。"
            "这些属于敏感个人信息，泄露可能使您的财产受到损害，因此全部加密保存，页面上只显示掩码，"
            "每一次查看原文都有记录。不同意将无法完成核实，不影响您使用{platform}的其他服务。"
        ),
    ),
    ("sensitive_data", "en"): (
        "Separate consent to the handling of sensitive personal information",
        (
            "To verify that you are the legal representative or owner of the firm we need your "
            "identity document number, mobile number and payee account. This is sensitive personal "
            "information; a leak could harm your property. It is stored encrypted, shown only "
            "masked, "
            "and every look at the original is recorded. Without it we cannot verify you; other "
            "services of {platform} are not affected."
        ),
    ),
    ("sharing_with_funder", "zh-hans"): (
        "向资金方提供个人信息单独同意书",
        (
            "接收方：{lender}，联系方式：{phone}。提供的信息：企业与法定代表人身份信息、在{platform}的"
            "订单与还款记录、授信申请资料。目的：审批、放款、贷后管理。方式：加密接口传输。"
            "接收方变更时我们会重新征得您的同意。"
        ),
    ),
    ("sharing_with_funder", "en"): (
        "Separate consent to sharing data with the funding source",
        (
            "Receiver: {lender}, contact: {phone}. Data: identity of the firm and its legal "
            "representative, orders and repayments on {platform}, the application. Purpose: "
            "approval, "
            "disbursement, servicing of the loan. Way: encrypted transfer. If the receiver "
            "changes we "
            "ask you again."
        ),
    ),
    ("bureau_query", "zh-hans"): (
        "征信查询授权书",
        (
            "本人及本企业授权{lender}，为审核授信申请及贷后管理之目的，通过依法设立的征信机构查询本人及"
            "本企业的信用报告，并依法向征信机构报送信贷信息，包括逾期信息。授权自签署之日起至相关债务"
            "结清之日止；申请未获批准的，查询授权随即终止。"
        ),
    ),
    ("bureau_query", "en"): (
        "Authorization to query credit bureaus",
        (
            "I and my firm authorize {lender} to query our credit reports at licensed credit "
            "bureaus "
            "in order to assess this application and service the credit, and to report credit "
            "information, overdue amounts included, as the law requires. The authorization runs "
            "from "
            "signing until the debt is paid off; if the application is declined it ends at once."
        ),
    ),
    ("face_recognition", "zh-hans"): (
        "人脸信息处理单独同意书",
        (
            "为确认正在操作的是您本人，防止他人冒用您的身份申请或签约，需要由专业核验机构采集您的人脸影像，"
            "与您的身份证件信息比对。采集与比对在核验机构自己的页面上完成：我们向其提供您的姓名和证件号码，"
            "只取回核验编号、结果和时间，不接收、不保存任何照片或视频。\n"
            "人脸信息属于敏感个人信息，您可以不同意：可在同一页面改由我们的工作人员人工核身，额度和费用不受影响，"
            "也不影响您使用{platform}的其他服务；如有疑问请致电{phone}。您可以随时撤回，撤回不影响此前已完成的核验。"
        ),
    ),
    ("face_recognition", "en"): (
        "Separate consent to a face check",
        (
            "To be sure that it is you who applies or signs, and nobody in your name, a checking "
            "service takes a picture of your face and compares it with your identity document. "
            "It does so on pages of its own: we tell it your name and document number and get "
            "back the number of the check, its result and its moment. No picture and no video "
            "reaches us.\n"
            "A face is sensitive personal information and you may say no: on the same page you "
            "can ask for one of our staff instead, and neither your limit nor its cost nor other "
            "services of {platform} are affected; {phone} answers questions. You may withdraw at "
            "any time, which does not undo checks already made."
        ),
    ),
}


def consent_text(code: str, locale: str, *, platform: str, lender: str, phone: str) -> ConsentText:
    """The current text as shown to a merchant of this platform. Raises Invalid (code, locale)."""
    if locale not in {"zh-hans", "en"}:
        raise Invalid(field="locale")
    if (code, locale) not in _TEXTS:
        raise Invalid(field="code")
    title, template = _TEXTS[code, locale]
    text = template.format(platform=platform, lender=lender, phone=phone)
    digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
    return ConsentText(code, VERSION, locale, title, text, digest)
