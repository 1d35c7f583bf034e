//! 中文.

mod lens;
mod rules;

use super::{Pair, Words, counter};

pub(super) const WORDS: Words = Words {
    refusal,
    offer_refusal,
    rule: rules::of_code,
    phrase: lens::of_phrase,
    this_is: "这是{}{}。",
    from_picture: "（从图片中读取）",
    signed_by: "据其自称，签名者为：{}。",
    by_carried_key: "其自带的密钥",
    by_named_key: "名为 {} 的密钥",
    by_certificate: "{} 的证书，由 {} 签发",
    checks: "检查：",
    wrong: "问题：{}",
    nothing_wrong: "格式没有问题。其内容尚未得到任何确认。",
    holds: "通过  ",
    fails: "未通过",
    not_checked: "未检查",
    reason: "{}：{}",
    of_document: "第 {} 份证件，{}",
    the_rule: "规则：{}（{}）",
    do_not_rely: "请勿信赖。",
    unknown: ("无法继续。没有出示或接收任何内容。", "请重新开始；如再次发生，请报告代码。"),
    try_again: "请重试。",
    try_again_in: "请在 {} 秒后重试。",
    too_much: ("{} 要求的内容超出其登记范围：{}。没有出示任何内容。", "您可以向登记机构举报。"),
    type_one: "{}  请输入“{}”或“{}”：",
    pin: "PIN 码：",
    choose_pin: "请设置至少 6 个字符的 PIN 码：",
    ready: "您的钱包已准备好，位于 {}。\n它只信任登记册“{}”。",
    no_cards: "您还没有卡。领取方法：wallet receive <领卡链接>",
    card: "{}  {}，签发：{}，{}，未用副本 {} / {}",
    no_end: "长期有效",
    until: "有效期至 {}",
    who_offers: "发卡方：  {}",
    address: "网址：    {}",
    offered: "卡：      {}",
    receive_question: "要领取这张卡吗？",
    receive: "领取",
    dont: "不要",
    code: "另行收到的代码：",
    open_page: "请打开此页面并登录：\n{}",
    close_page: "您可以关闭此页面，返回钱包。",
    new_card: "您有一张新卡：{}，签发：{}（{}），共 {} 份副本。",
    who_asks: "谁在请求：{}",
    through: "经由：    {}",
    answer_to: "发送至：  {}",
    why: "目的：    {}",
    kept_for: "保存：    {} 天",
    will_see: "对方将看到您的“{}”中的：",
    unasked: "超出对方的要求。因签发机关的制卡方式，此项会一并显示。",
    only_that: "  您持有这张卡，但看不到卡上的内容",
    they_would_like: "对方还希望看到（除非您选择，否则不会出示）：{}",
    will_not_see: "对方看不到：{}",
    instead: "您也可以改用：{}",
    not_given: "对方还希望得到（除非您选择，否则不会出示）：{}",
    confirm_payment: "您将确认付款：{} {}，收款方：{}。",
    confirm_text: "您将签署以下文本《{}》：",
    reused: "注意：这张卡的所有副本都已出示过。见过这份副本的一方能认出是您。",
    proof_age: "登记册的证明已有 {} 分钟。",
    in_register: "{}（登记名：{}）",
    share_question: "要出示吗？",
    share: "出示",
    shared: "已出示。{}",
    go_on: "请继续访问：{}",
    receipt_checked: "您已收到对方的回执，可在历史记录中查看。",
    receipt_unchecked: "您已收到对方的回执，其签名稍后核对。",
    receipt_missing: "对方没有给出回执，历史记录中已注明。",
    receipt_wrong: "对方的回执与出示的内容不符，历史记录中已注明。",
    receipt_anchored: "您已收到对方的回执，公共登记册可以证明，对方无法否认。",
    receipt_left_out: "缺失：您有对方的回执，但对方没有把它列入公共登记册所证明的内容。",
    receipt_late: "缺失：您有对方的回执，但公共登记册到期仍未能证明。",
    nothing_shown: "您还没有向任何人出示过任何内容。",
    line_through: "，经由 {}",
    line_why: "  目的：{}",
    line_what: "  内容：{}",
    they_have_it: "对方已收到。",
    they_refused: "对方没有接受，但可能已经看到。",
    not_known: "已发出，是否送达不明。",
    ends_soon: "；即将到期",
    suspended: "；已被签发机关暂停",
    revoked: "；已被签发机关吊销",
    not_checked_since: "；自 {} 起未能核对",
    get_again: "；可重新领取：wallet get-again {}",
    fresh_copies: "您的“{}”（{}）已有 {} 份新副本。",
    renewed: "您的“{}”已更新副本。",
    renewed_later: "您的“{}”的新副本稍后送达。",
    renewal_fails: "您的“{}”未能更新：{}将于 {} 再试。（{}）",
    renewal_over: "您的“{}”不再自动更新：{}可重新领取：wallet get-again {}（{}）",
    nothing_due: "目前没有要办的事。",
    promise_waits: "稍后送达：{}，签发：{}；将于 {} 领取。",
    promise_came: "您已收到先前承诺的卡：{}，签发：{}（{}）。",
    promise_over: "这张卡不会送达：{}，签发：{}。{}（{}）",
    remove_question: "要丢弃这张卡吗？",
    remove: "丢弃",
    removed: "您的“{}”已丢弃。历史记录仍保留您出示过的内容。",
    counter: &counter::CHINESE,
    by_session: "只知道又是您本人，没有询问您的钱包",
    deletion_asked: "您于 {} 要求删除，对方尚未答复已删除。",
    deletion_done: "对方表示已于 {} 删除。",
    reported: "您于 {} 举报了此事。",
    kept_until: "对方可保存至 {}。",
    proven_by: "列入 {} 的汇总值，登记册收录于 {}，由第 {} 个区块证明。",
    checked_means: "“已核对”指：由请求方签名，且与出示的内容一致。“已证明”指：登记册也有记录。",
    not_proven: "目前未能证明：{}{}",
    exported: "您的历史记录已写入 {}。任何人都可以这样核对：wallet inspect {}",
    told: "已向 {} 举报。",
    session_ended: "已在该登录服务上退出此前的登录。",
    no_session: "该登录服务上已无人登录。",
    phrase_shown: "请按顺序把这十二个词抄在纸上。它们只显示这一次。\n备份只能用这些词打开；同时拥有两者的人可以看到您的历史记录。",
    ask_word: "第 {} 个词：",
    type_phrase: "备份的十二个词：",
    backup_made: "备份已保存到 {}：{} 张可重新领取的卡，{} 条历史记录。",
    left_out: "最早的 {} 条历史记录未能放入。",
    restored: "您的钱包已恢复，位于 {}：{} 张卡待重新领取，{} 条历史记录。",
    move_in: "请在旧设备上运行：wallet move-out {}\n旧设备会询问这个核对码：{}\n然后在此逐行输入旧设备显示的码。",
    frames: "已收到 {} / {} 个码",
    arrived: "其中有 {} 张待重新领取的卡，{} 条历史记录。",
    ask_check: "新设备显示的核对码：",
    moved_out: "请把这些码交给新设备。新设备收齐后，请抹掉此钱包：wallet erase\n在此之前，两台设备都有您的历史记录；卡仍在此设备上，请在新设备上重新领取。",
    pin_changed: "PIN 码已更改。旧的 PIN 码不再有效。",
    erase_means: "抹掉后，此设备上的卡和历史记录将永久消失。备份或其他设备上的内容不受影响；卡需要重新领取。",
    erase_question: "要抹掉这个钱包吗？",
    erase_sure: "此操作无法撤销。确定要抹掉吗？",
    erase: "抹掉",
    erased: "钱包已抹掉。",
};

fn refusal(code: &str) -> Option<Pair> {
    Some(match code {
        "no_wallet" => ("这里没有钱包。", "创建方法：wallet init"),
        "wallet_exists" => ("这里已有钱包。", "请使用它，或用 --home 选择其他文件夹。"),
        "pin_length" => ("PIN 码应有 6 至 64 个字符。", "请输入符合长度的 PIN 码。"),
        "wrong_pin" => ("PIN 码不正确。", "请重试。"),
        "too_many_wrong_pins" => ("PIN 码错误次数过多。", "请等待后重试。"),
        "locked_for_good" => (
            "PIN 码已连续输错二十次：任何 PIN 码都无法再打开此钱包。",
            "请先抹掉：wallet erase，再恢复备份：wallet restore <文件>",
        ),
        "database_plain" => {
            ("此钱包程序构建时未含加密功能，因此不会打开任何内容。", "请使用完整构建的钱包程序。")
        }
        "lock_put_back" => {
            ("有人放回了此钱包的旧锁：当时的 PIN 码已失效。", "请放回较新的文件；或抹掉钱包，再恢复备份。")
        }
        "database_put_back" => (
            "有人放回了此钱包的旧状态，用过的卡会显得未用过。",
            "请放回较新的文件；或抹掉钱包（wallet erase），再恢复备份。",
        ),
        "phrase_length" => ("备份要用十二个词打开。", "请按顺序输入全部十二个词。"),
        "phrase_word" => ("第 {} 个词不在词表中。", "请再对照一次您抄写的纸，包括前后的词。"),
        "phrase_checksum" => ("这十二个词不是一组。", "其中有一个词不对，或有两个词换了位置。请再对照一次。"),
        "phrase_file" => ("无法使用存放词的文件。", "请用 --phrase-file 指定其他文件。"),
        "phrase_not_noted" => ("这不是刚才显示的词。没有制作备份。", "请重新运行：届时会有新的词。"),
        "file_exists" => ("已有同名文件，而且它不是备份。", "请换一个文件名。"),
        "file_not_written" => ("无法写入文件。", "请换一个位置。"),
        "no_backup_file" => ("无法读取备份。", "请检查文件名和位置。"),
        "not_a_backup" => ("此文件不是钱包的备份。", "请选择由钱包制作的文件。"),
        "backup_newer" => ("此备份由更新版本的钱包制作。", "请先更新此钱包，再恢复。"),
        "backup_closed" => ("备份打不开：词不对，或文件被改动过。", "请对照您抄写的纸；或换一份文件再试。"),
        "backup_damaged" => ("备份已损坏。", "请换一份文件再试。"),
        "backup_too_large" => ("钱包中的内容过多，放不下。", "请报告代码。"),
        "other_network" => ("此钱包属于另一个登记册。", "请使用签发您的卡的登记册的检查点。"),
        "move_link_malformed" => {
            ("这不是新设备的码。", "请在新设备上运行 wallet move-in，并扫描它显示的码。")
        }
        "move_newer" => ("新设备上的钱包比此钱包新。", "请先更新此钱包。"),
        "check_differs" => (
            "核对码不一致。没有显示任何内容。",
            "请再看一次新设备上的核对码。如仍不一致，说明有人给了您别的码：请重新开始。",
        ),
        "move_closed" => (
            "这些码不是给此设备的，或不属于这一次迁移。",
            "请重新开始：此设备运行 wallet move-in，旧设备运行 wallet move-out。",
        ),
        "move_failed" => ("无法开始迁移。", "请关闭其他程序后重试。"),
        "not_erased" => ("没有抹掉任何内容。", "无需其他操作。"),
        "not_confirmed" => ("您没有确认是本人操作。", "请重试。"),
        "confirming_locked" => ("此设备暂时不能确认身份。", "请锁定设备，解锁后重试。"),
        "device_key_gone" => (
            "此设备的密钥已随锁屏密码永久失效，任何 PIN 码都打不开钱包。",
            "请抹掉钱包（wallet erase），再恢复备份。",
        ),
        "no_key_hardware" => ("此设备没有保管密钥的硬件。", "请换一台设备。"),
        "key_store" => ("无法使用此设备的密钥。", "请检查钱包文件夹是否完整。"),
        "file" | "database" | "database_key" | "database_damaged" | "lock_damaged" => {
            ("无法使用钱包的文件。", "请检查磁盘和钱包文件夹。")
        }
        "database_newer" => ("这里使用过更新版本的钱包。", "请更新此钱包。"),
        "not_recognised" => (
            "钱包不认识此内容。",
            "请提供领卡邀请、请求、卡、状态列表、令牌、密钥、证书、DID 或其文档、发卡方发布的内容、证明、检查点或二维码图片。",
        ),
        "not_a_link" => ("这不是链接。", "请提供链接或其二维码图片。"),
        "no_text" => ("标准输入中没有文本。", "请提供一个令牌。"),
        "file_unreadable" => ("文件无法读取，或过大。", "请指定其他文件。"),
        "token_unreadable" => ("令牌文件无法读取，或过大。", "请指定含有一个令牌的文件。"),
        "key_unreadable" => ("密钥文件无法读取。", "请指定含有公钥 JWK 的文件。"),
        "reader_key_unreadable" => ("读取方的密钥无法读取。", "请指定含有 P-256 私钥 JWK 的文件。"),
        "anchor_unreadable" => ("信任锚文件无法读取。", "请指定 PEM 证书文件，或一份 DER 证书。"),
        "transcript_unreadable" => ("会话记录无法读取。", "请指定含有 CBOR 会话记录的文件。"),
        "thumbprint_malformed" => {
            ("指纹不是 32 字节的 base64url。", "请提供密钥的 SHA-256 指纹（RFC 7638）。")
        }
        "session_missing" => (
            "设备只应答一个会话，但没有指明。",
            "请给出 --aud、--nonce 和 --response-uri；或 --origin 和 --nonce；或 --transcript。",
        ),
        "session_unexpected" => (
            "只有设备出示的内容才应答这样的会话。",
            "请去掉 --response-uri、--origin、--jwk-thumbprint、--transcript 和 --reader-jwk。",
        ),
        "trust_unusable" => {
            ("这种卡须对照密钥或登记册检查。", "请给出 --issuer-jwk，或 --registry 和 --checkpoint。")
        }
        "no_such_card" => ("没有这张卡。", "查看您的卡：wallet list"),
        "no_such_line" => ("历史记录中没有这一条。", "查看历史记录：wallet history"),
        "no_receipt" => {
            ("没有可用来询问的回执，未做任何操作。", "请直接联系该机构，或举报：wallet report --why feedback")
        }
        "look_back_refused" => {
            ("对方不回答关于您的回执的问题。", "请稍后重试；如再次发生，请举报：wallet report")
        }
        "receipt_period_differs" => {
            ("对方回答的是另一个时段。", "请稍后重试；如再次发生，请举报：wallet report")
        }
        "receipts_not_anchored" => {
            ("公共登记册中没有对方承诺放入的内容。", "请一天后再核对，之后可举报：wallet report")
        }
        "receipt_left_out" | "receipt_salt_wrong" | "receipt_path_wrong" | "receipt_path_too_long" => (
            "对方没有把您的回执列入公共登记册所证明的内容，或隐瞒其位置。",
            "请保存回执（wallet history --export）并举报：wallet report",
        ),
        "no_registrar" => ("公共登记册中没有可通过网络接受举报的机构。", "请联系给您发卡的机构。"),
        "text_too_long" => ("举报最多 2,000 个字符。", "请写短一些。"),
        "export_failed" => ("无法写入文件。", "请指定您自己文件夹中尚不存在的文件。"),
        "copy_taken" => ("这张卡当时正在别处使用。", "请重试。"),
        "no_card" => ("您没有适用的卡。", "请先领取该卡，然后重试。"),
        "no_answer" => ("没有收到回答，未做任何操作。", "请重新运行，或加上 --yes。"),
        "unreachable" => ("对方没有回应。", "请检查网络连接后重试。"),
        "address_refused" | "address_insecure" | "address_loopback" | "address_malformed"
        | "address_decorated" => {
            ("钱包不会访问这样的网址。没有出示或接收任何内容。", "请勿继续，并告知让您来此的一方。")
        }
        "answer_too_large" | "answer_malformed" => ("对方的回应无法读取。", "请稍后重试，并报告代码。"),
        "link_malformed" | "link_scheme_unknown" | "offer_missing" | "json_malformed" => {
            ("这不是钱包能识别的链接。", "请复制完整的链接，或重新扫描二维码。")
        }
        "picture_unreadable" => ("图片无法读取。", "请另存为大小适中的 PNG 图片。"),
        "too_many_codes" => ("图片中像二维码的图案太多。", "请只拍那一个二维码。"),
        "no_qr_code" => ("图片中没有二维码。", "请拍一张更清晰、完整的图片。"),
        "request_not_there" => ("该请求已不存在。", "请返回页面重新开始。"),
        "request_expired" => ("等待时间过长。", "请返回页面重新开始。"),
        "choice_not_offered" => ("此处不能这样选择。没有出示任何内容。", "请在所列选项中选择。"),
        "nothing_chosen" => ("您没有选择任何内容，因此没有出示。", "请选择要出示的内容，或到此为止。"),
        "transaction_data_unsupported" => {
            ("对方要求确认的内容无法在此完整显示，因此没有确认。", "请用其他方式确认。")
        }
        "nothing_required" => ("对方没有要求任何内容。没有出示任何内容。", "无需其他操作。"),
        "answer_refused" => ("对方没有接受您的回答。", "请返回页面重新开始。"),
        "card_revoked" => ("对方表示您的卡已被发卡机构吊销。您没有登录。", "请向该机构申领新卡。"),
        "card_suspended" => ("对方表示您的卡已被发卡机构暂停使用。您没有登录。", "请向该机构询问何时恢复。"),
        "unknown_requester"
        | "unknown_signer"
        | "no_registration"
        | "not_registered"
        | "not_operator"
        | "client_id_malformed"
        | "client_id_without_prefix"
        | "client_id_prefix_unsupported"
        | "client_id_prefix_reserved" => {
            ("无法证明是谁在请求。没有出示任何内容。", "请勿继续，并告知让您来此的一方。")
        }
        "invalid_signature" | "client_id_differs" | "client_key_differs" => {
            ("请求并非来自其声称的一方。没有出示任何内容。", "请勿继续，并告知让您来此的一方。")
        }
        "query_id_malformed"
        | "query_id_repeated"
        | "query_id_unknown"
        | "claim_sets_without_claims"
        | "claim_without_id"
        | "claim_path_malformed"
        | "claim_value_malformed"
        | "response_type_unsupported"
        | "scope_present"
        | "redirect_uri_present"
        | "nonce_or_state_malformed"
        | "state_missing"
        | "wallet_nonce_differs"
        | "registration_malformed"
        | "request_too_large"
        | "audience_differs"
        | "request_from_the_future" => (
            "请求不符合规则，因此没有回答。没有出示任何内容。",
            "您的钱包没有问题；请告知让您来此的一方，并报告代码。",
        ),
        "response_mode_unsupported"
        | "request_uri_method_unsupported"
        | "formats_unsupported"
        | "algorithm_unsupported"
        | "encryption_key_missing"
        | "encryption_key_reused"
        | "encryption_unsupported" => (
            "对方要求的回答方式，钱包不支持，或会让他人看到。没有出示任何内容。",
            "请告知让您来此的一方，并报告代码。",
        ),
        "foreign_address" => ("回答会被送往请求方以外的地方。没有出示任何内容。", "请勿继续。"),
        "suspended" | "key_compromised" | "key_retired" => {
            ("登记册已暂停该请求方。没有出示任何内容。", "请改日再试。")
        }
        "proof_too_old" | "proof_ahead" => ("请求方的证明已过时。", "请检查此电脑的时钟，稍后重试。"),
        "registry_proof_invalid" | "registry_answer_malformed" | "proof_incomplete" => {
            ("请求方的证明是假的。没有出示任何内容。", "请勿继续，并告知让您来此的一方。")
        }
        "not_accredited" | "unknown_type" | "wrong_issuer" => {
            ("对方无权签发这张卡。没有接收任何内容。", "请勿继续，并向主管机构查询。")
        }
        "registry_unreachable" => ("登记册没有回应。", "请检查网络连接后重试。"),
        "registry_too_old" => (
            "这里太久没有登记册的消息，已无法分辨真假登记册；也可能是此电脑的时钟不准。没有出示或接收任何内容。",
            "请检查时钟，并取用登记册最新的检查点。已有的钱包：先 wallet backup <file>，再 wallet erase，然后 wallet restore <file> --checkpoint <checkpoint> --node <address>",
        ),
        "no_wallet_link" => ("此页面没有请求您的钱包。", "请检查网址。"),
        "no_way_back" => ("页面没有说明下一步去哪里。", "请返回页面重新开始。"),
        "page_refuses" => ("页面不允许您进入。", "请回到原来的地方重新开始。"),
        "too_many_redirects" => ("页面在循环跳转。", "请检查网址。"),
        "declined" => ("没有出示任何内容。", "无需其他操作。"),
        "offer_declined" => ("没有接收任何内容。", "在到期之前，您仍可领取。"),
        "code_needed" => ("领取这张卡需要另行收到的代码。", "请加上 --code 重新运行。"),
        "code_wrong" => ("代码不正确。", "请核对后重试；多次错误将被锁定。"),
        "code_refused" => ("代码不正确，或领卡链接已失效。", "请核对代码后重试，或索取新的领卡链接。"),
        "offer_used" => {
            ("此领卡链接已被使用。", "如果不是您本人使用，请立即告知主管机构；否则请索取新的链接。")
        }
        "offer_expired" => ("此领卡链接已过期。", "请索取新的领卡链接。"),
        "offer_locked" => ("代码错误次数过多，此领卡链接已锁定。", "请索取新的领卡链接。"),
        "browser_needed" => ("领取这张卡需要在页面上登录。", "请加上 --person-number 和 --code 重新运行。"),
        "sign_in_failed" => ("编号与代码不匹配。", "请对照单据核对后重试。"),
        "page_unreadable" => ("无法从这里填写登录页面。", "请去掉 --person-number 重新运行。"),
        "unknown_card" | "unsupported_card" => ("此钱包无法保存这种卡。", "请更新钱包，或向主管机构查询。"),
        "source_unknown" => ("不知道这张卡从何而来，无法从这里重新领取。", "请向主管机构索取新的领卡链接。"),
        "wallet_not_attested" => {
            ("这张卡只发给有已知提供方担保的钱包，而此钱包没有。", "请向主管机构询问可使用哪些钱包。")
        }
        "not_renewable" => ("这张卡不会自动更新。", "可用 wallet get-again 登录后重新领取。"),
        "renewal_over" => {
            ("主管机构要求您亲自登录才能更新这张卡。", "可用 wallet get-again 登录后重新领取。")
        }
        "just_shown" => ("您刚刚出示过卡。现在更新会让主管机构得知出示的时间。", "请稍候。"),
        "card_denied" => ("主管机构目前不签发这张卡。", "请向其询问原因。"),
        "card_kept" => ("卡已保留。", "无需其他操作。"),
        "too_many_promises" => ("等待送达的卡已经太多。", "请等其中一些送达后再试。"),
        "server_error" | "temporarily_unavailable" => ("对方自身出现故障。", "请稍后重试。"),
        "no_frame" => ("这不是钱包或柜台的码。", "请重新扫描。"),
        "frame_of_another" => ("这些码属于两条消息。", "请只扫描一个屏幕上的码。"),
        "frames_damaged" => ("这些码没有读好。", "请全部重新扫描。"),
        "message_too_large" => ("内容过长，无法用码展示。", "请一次出示少一些。"),
        _ => return None,
    })
}

fn offer_refusal(code: &str) -> Option<Pair> {
    Some(match code {
        "unknown_signer"
        | "suspended"
        | "key_compromised"
        | "key_retired"
        | "registry_proof_invalid"
        | "registry_answer_malformed"
        | "proof_incomplete" => {
            ("无法证明是谁在发这张卡。没有接收任何内容。", "请勿继续，并向主管机构查询。")
        }
        "proof_too_old" | "proof_ahead" => ("发卡方的证明已过时。", "请检查此电脑的时钟，稍后重试。"),
        "other_card"
        | "invalid_signature"
        | "wrong_number_of_copies"
        | "copies_differ"
        | "copies_linkable"
        | "credential_type_missing" => {
            ("收到的不是所说的那张卡。没有保存任何内容。", "请告知主管机构，并报告代码。")
        }
        "token_unbound" | "answer_in_the_clear" | "encryption_unsupported" => {
            ("发卡方没有在传输途中保护这张卡。没有接收任何内容。", "请告知主管机构，并报告代码。")
        }
        "access_denied" => ("您在页面上选择了取消。没有接收任何内容。", "在到期之前，您仍可领取。"),
        "card_revoked" => ("这张卡已被签发机关吊销。", "请向该机关申请新卡。"),
        "card_suspended" => ("这张卡已被签发机关暂停。", "请向该机关询问何时恢复。"),
        "document_not_there" => ("发卡方没有正常回应。", "请稍后重试。"),
        _ => return None,
    })
}
