//! Why a login was refused, in words for the person.

use service_kit::language::Language;

/// What happened, why, and what to do next.
pub fn sentence(code: &str, language: Language) -> &'static str {
    let (english, chinese) = match code {
        "access_denied" => (
            "You chose not to share. Nothing was passed on. Start again if that was a mistake.",
            "您选择了不出示，未传递任何信息。若是误操作，请重新开始。",
        ),
        "cancelled" => ("You ended this login. Nothing was passed on.", "您已取消登录，未传递任何信息。"),
        "expired" => (
            "This page has been open too long, for your safety. Start again.",
            "为了您的安全，本页已过期。请重新开始。",
        ),
        "revoked" => (
            "Your card was revoked by the office that gave it to you, so it cannot be used to log in. Ask that office for a new card.",
            "您的卡片已被签发机构撤销，不能用于登录。请向该机构申领新卡。",
        ),
        "card_expired" => (
            "Your card has expired, so it cannot be used to log in. Ask the office that gave it to you for a new one.",
            "您的卡片已过期，不能用于登录。请向签发机构申领新卡。",
        ),
        "suspended" => (
            "Your card is suspended at the moment, so it cannot be used to log in. Ask the office that gave it to you.",
            "您的卡片目前已暂停使用，不能用于登录。请咨询签发机构。",
        ),
        "status_unreachable" | "status_untrue" | "status_not_anchored" | "status_unknown" => (
            "We could not make sure that your card is still valid, so we stopped. Try again in a few minutes.",
            "我们无法确认您的卡片是否仍然有效，因此已停止。请过几分钟再试。",
        ),
        "proof_too_old" | "proof_ahead" | "proof_incomplete" | "register_unreachable" => (
            "We could not reach the public register in time, so we stopped. Try again in a few minutes.",
            "我们未能及时连接公共登记册，因此已停止。请过几分钟再试。",
        ),
        "unknown_signer" | "wrong_issuer" | "not_accredited" | "unknown_type" | "key_compromised"
        | "key_retired" => (
            "The office that gave you this card may not do so according to the public register, so we cannot accept it. Use another card.",
            "根据公共登记册，签发此卡的机构无权签发，我们无法接受。请使用其他卡片。",
        ),
        "wallet_refused" => (
            "Your wallet could not answer, so nothing was passed on. Update your wallet, then start again.",
            "您的钱包无法应答，未传递任何信息。请更新钱包，再重新开始。",
        ),
        _ => (
            "What your wallet sent did not pass our checks, so we stopped. Start again; if it happens again, ask for help.",
            "钱包发送的内容未通过检查，因此已停止。请重新开始；如再次发生，请寻求帮助。",
        ),
    };
    language.pick(english, chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_sentences_can_be_told_to_relying_parties_in_an_address() {
        let codes = [
            "access_denied",
            "cancelled",
            "expired",
            "revoked",
            "card_expired",
            "suspended",
            "status_unreachable",
            "proof_too_old",
            "unknown_signer",
            "wallet_refused",
            "presentation_refused",
        ];
        let sentences = codes.map(|code| sentence(code, Language::English));
        assert_eq!(std::collections::BTreeSet::from(sentences).len(), codes.len(), "each arm once");
        let allowed = |b: u8| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        for sentence in sentences {
            assert!(sentence.bytes().all(allowed), "{sentence}");
        }
    }
}
