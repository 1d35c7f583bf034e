//! Words at a counter, in every language: for the person with the card, and for whoever stands behind it.

use super::Pair;

/// What is said at a counter, in one language.
pub(crate) struct CounterWords {
    /// What a code means to whoever asks or checks.
    pub(crate) refusal: fn(&str) -> Option<Pair>,
    pub(crate) too_much: Pair,
    pub(crate) answer_on_screen: &'static str,
    pub(crate) anyone: &'static str,
    pub(crate) show_frames: &'static str,
    pub(crate) show_code: &'static str,
    pub(crate) no_receipt: &'static str,
    pub(crate) prepared: &'static str,
    pub(crate) fetched: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) asked: &'static str,
    pub(crate) good: &'static str,
    pub(crate) says: &'static str,
    pub(crate) issuer_age: &'static str,
    pub(crate) status_age: &'static str,
    pub(crate) no_status: &'static str,
    pub(crate) anywhere: &'static str,
}

pub(super) const ENGLISH: CounterWords = CounterWords {
    refusal: english,
    too_much: (
        "Your organisation has not registered that it asks for: {}. Nothing was asked.",
        "Ask for less, or have the use registered.",
    ),
    answer_on_screen: "Answer to:     this screen, for the counter that asked",
    anyone: "Anyone who reads this code within {} seconds will see:",
    show_frames: "Show these codes to the counter, one after the other, again and again:",
    show_code: "Show these codes now; after {} seconds they are worth nothing:",
    no_receipt: "No receipt: shown without the network.",
    prepared: "Ready for counters without the network: the register's proof of {} cards is here.",
    fetched: "Fetched the register and {} status lists. The counter can work without the network for a day.",
    missing: "{} status lists could not be had: cards that refer to them will be refused.",
    asked: "Show these codes to the person. The answer counts for {} seconds.",
    good: "The card holds. Issued by {}.",
    says: "It says:",
    issuer_age: "The register's word on the issuer is {} minutes old.",
    status_age: "It was not revoked {} minutes ago; a later revocation is not known here.",
    no_status: "Cards of this type cannot be revoked.",
    anywhere: "This code could have been shown at another counter too, within half a minute: it does not prove that \
               the person is here alone.",
};

pub(super) const CHINESE: CounterWords = CounterWords {
    refusal: chinese,
    too_much: ("贵机构没有登记可以索取：{}。没有发出任何请求。", "请减少索取的内容，或先登记该用途。"),
    answer_on_screen: "发送至：  此屏幕，仅供发出请求的柜台",
    anyone: "任何在 {} 秒内读取此码的人将看到：",
    show_frames: "请向柜台依次循环展示这些码：",
    show_code: "请立即展示这些码，{} 秒后失效：",
    no_receipt: "没有回执：在没有网络的情况下出示。",
    prepared: "已为无网络的柜台做好准备：此处存有 {} 张卡的登记册证明。",
    fetched: "已获取登记册和 {} 份状态列表。柜台可在没有网络的情况下工作一天。",
    missing: "有 {} 份状态列表无法获取：引用它们的卡将被拒绝。",
    asked: "请向对方展示这些码。回答在 {} 秒内有效。",
    good: "卡有效。签发：{}。",
    says: "卡上写明：",
    issuer_age: "登记册关于签发方的证明已有 {} 分钟。",
    status_age: "{} 分钟前该卡未被吊销；此后的吊销在此无法得知。",
    no_status: "这类卡不能被吊销。",
    anywhere: "此码在半分钟内也可能在别的柜台展示过：它不能证明对方只在此处。",
};

fn english(code: &str) -> Option<Pair> {
    const FETCH: &str = "Run wallet counter fetch while there is a network.";
    const AGAIN: &str = "Show a new request and let the person scan it.";
    const NO: &str = "Do not rely on it.";
    Some(match code {
        "bundle_malformed" => ("The file that was fetched beforehand cannot be read.", FETCH),
        "proof_too_old" | "proof_ahead" => ("What is known of the register is too old.", FETCH),
        "status_list_not_fetched" => ("Whether this card was revoked is not known here.", FETCH),
        "registry_proof_invalid" => ("The register's proof is false.", NO),
        "query_malformed" => ("This cannot be asked for.", "Name claims of one card, with commas between."),
        "not_registered" | "unknown_requester" | "not_operator" => {
            ("The register does not say that you may ask this.", "Check the use, the member and the key.")
        }
        "request_expired" | "key_binding_too_old" => ("The answer came too late.", AGAIN),
        "key_binding_wrong_nonce" | "key_binding_wrong_audience" | "key_binding_wrong_hash" => {
            ("The answer was made for something else.", AGAIN)
        }
        "question_used" => ("There is no open request: it was answered, or is not here.", AGAIN),
        "answer_not_decryptable" | "answer_for_another_key" => {
            ("The answer is for another counter or another request.", AGAIN)
        }
        "person_declined" => ("The person said no.", "Nothing more to do."),
        "answer_does_not_fit" => ("The answer is not what was asked for.", AGAIN),
        "format_not_checked" => (
            "This is a mobile document, and a counter cannot tell whether it is shown now or was shown before.",
            "Do not rely on it. Ask for the card instead.",
        ),
        "code_ahead" => ("The code was made later than now.", "Compare the clocks of both devices."),
        "shown_card_revoked" => ("The card is revoked.", NO),
        "shown_card_suspended" => ("The card is suspended.", NO),
        "shown_card_not_valid" => ("The card is not valid.", NO),
        "unknown_signer" | "not_accredited" | "unknown_type" | "wrong_issuer" | "suspended"
        | "key_compromised" | "key_retired" => ("Who issued the card is not believed.", NO),
        "message_malformed" => ("This is no code of a wallet or a counter.", "Scan it again."),
        "message_of_another_kind" => ("This is a code of another kind.", "Scan the answer, not the request."),
        "frames_missing" => ("Some of the codes are missing.", "Scan all of them."),
        "no_code" => ("This card cannot be shown as a code.", "Let the counter ask, and scan its request."),
        "code_not_made" => ("The code could not be made.", "Try again; report the code."),
        _ => return None,
    })
}

fn chinese(code: &str) -> Option<Pair> {
    const FETCH: &str = "请在有网络时运行 wallet counter fetch。";
    const AGAIN: &str = "请展示新的请求，让对方扫描。";
    const NO: &str = "请勿信任它。";
    Some(match code {
        "bundle_malformed" => ("无法读取事先获取的文件。", FETCH),
        "proof_too_old" | "proof_ahead" => ("所知的登记册内容已过时。", FETCH),
        "status_list_not_fetched" => ("此处无法得知这张卡是否已被吊销。", FETCH),
        "registry_proof_invalid" => ("登记册的证明是假的。", NO),
        "query_malformed" => ("无法索取这样的内容。", "请写出一张卡的项目，用逗号分隔。"),
        "not_registered" | "unknown_requester" | "not_operator" => {
            ("登记册没有说明您可以这样请求。", "请核对用途、成员和密钥。")
        }
        "request_expired" | "key_binding_too_old" => ("回答来得太晚。", AGAIN),
        "key_binding_wrong_nonce" | "key_binding_wrong_audience" | "key_binding_wrong_hash" => {
            ("该回答是为别的请求作出的。", AGAIN)
        }
        "question_used" => ("没有待答的请求：它已被回答，或不在这里。", AGAIN),
        "answer_not_decryptable" | "answer_for_another_key" => {
            ("该回答是给另一个柜台或另一个请求的。", AGAIN)
        }
        "person_declined" => ("对方选择了不出示。", "无需其他操作。"),
        "answer_does_not_fit" => ("回答与请求不符。", AGAIN),
        "format_not_checked" => {
            ("这是移动证件，柜台无法判断它是此刻出示的还是以前出示过的。", "请勿信任它，请改为索取卡。")
        }
        "code_ahead" => ("此码的时间晚于现在。", "请核对两台设备的时钟。"),
        "shown_card_revoked" => ("此卡已被吊销。", NO),
        "shown_card_suspended" => ("此卡已被暂停使用。", NO),
        "shown_card_not_valid" => ("此卡无效。", NO),
        "unknown_signer" | "not_accredited" | "unknown_type" | "wrong_issuer" | "suspended"
        | "key_compromised" | "key_retired" => ("签发方不可信。", NO),
        "message_malformed" => ("这不是钱包或柜台的码。", "请重新扫描。"),
        "message_of_another_kind" => ("这是另一种码。", "请扫描回答，而不是请求。"),
        "frames_missing" => ("缺少部分码。", "请扫描全部的码。"),
        "no_code" => ("这张卡不能以码的形式出示。", "请让柜台发出请求，然后扫描。"),
        "code_not_made" => ("无法生成该码。", "请重试，并报告代码。"),
        _ => return None,
    })
}
