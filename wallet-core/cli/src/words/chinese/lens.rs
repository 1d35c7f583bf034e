//! 查看令牌时的用语：这是什么、检查什么、为何没有检查。

pub(super) fn of_phrase(english: &str) -> Option<&'static str> {
    thing(english).or_else(|| check(english)).or_else(|| reason(english))
}

fn thing(english: &str) -> Option<&'static str> {
    Some(match english {
        "CBOR of no kind that a wallet knows" => "钱包不认识的 CBOR",
        "JSON of no kind that a wallet knows" => "钱包不认识的 JSON",
        "JSON" => "JSON",
        "a presentation of W3C credentials, signed as JWT" => "以 JWT 签名的 W3C 凭证出示",
        "a DID that holds a key" => "含有密钥的 DID",
        "a DID" => "DID",
        "a DPoP proof" => "DPoP 证明",
        "a history of what was shown, with receipts" => "附回执的出示记录",
        "a W3C credential that nobody has signed" => "没有签名的 W3C 凭证",
        "a W3C credential, signed as JWT" => "以 JWT 签名的 W3C 凭证",
        "a W3C presentation that nobody has signed" => "没有签名的 W3C 出示",
        "a bitstring status list (W3C)" => "位串状态列表（W3C）",
        "a card (SD-JWT VC)" => "卡（SD-JWT VC）",
        "a card as its issuer sends it (mdoc, IssuerSigned)" => "发卡方发出的卡（mdoc，IssuerSigned）",
        "a card as somebody shows it (SD-JWT VC with key binding)" => {
            "他人出示的卡（带密钥绑定的 SD-JWT VC）"
        }
        "a certificate chain" => "证书链",
        "a certificate" => "证书",
        "a checkpoint of a register" => "登记册的检查点",
        "a key binding" => "密钥绑定",
        "a key in CBOR (COSE key)" => "CBOR 形式的密钥（COSE 密钥）",
        "a key proof" => "密钥证明",
        "a key" => "密钥",
        "a proof from a register" => "登记册的证明",
        "a public key" => "公钥",
        "a receipt" => "回执",
        "a request to show cards" => "出示卡的请求",
        "a set of keys" => "密钥集",
        "a signed message in CBOR (COSE)" => "CBOR 形式的签名消息（COSE）",
        "a signed request to show cards" => "已签名的出示请求",
        "a signed token (JWT)" => "已签名的令牌（JWT）",
        "a status list in CBOR (CWT)" => "CBOR 形式的状态列表（CWT）",
        "a status list" => "状态列表",
        "a web address" => "网址",
        "an SD-JWT with key binding" => "带密钥绑定的 SD-JWT",
        "an SD-JWT" => "SD-JWT",
        "an encrypted token (JWE)" => "加密的令牌（JWE）",
        "an offer of a card" => "领卡邀请",
        "an answer of a device with cards (mdoc, DeviceResponse)" => {
            "设备出示卡的应答（mdoc，DeviceResponse）"
        }
        "certificates" => "证书",
        "the DID of an organisation in a register" => "登记册中机构的 DID",
        "the address of an offer of a card" => "领卡邀请的地址",
        "the certificate of an authority (a trust anchor)" => "证书机构的证书（信任锚）",
        "the description of a type of card (SD-JWT VC type metadata)" => {
            "一类卡的说明（SD-JWT VC 类型元数据）"
        }
        "the document of a DID: which keys may do what" => "DID 的文档：哪些密钥可作何用",
        "a list of the keys of an issuer of cards (SD-JWT VC issuer metadata)" => {
            "发卡方的密钥列表（SD-JWT VC 签发方元数据）"
        }
        "the name of an organisation's key in a register" => "登记册中机构密钥的名称",
        "what an issuer of cards offers (OpenID4VCI issuer metadata)" => {
            "发卡方提供的卡（OpenID4VCI 发卡方元数据）"
        }
        _ => return None,
    })
}

fn check(english: &str) -> Option<&'static str> {
    Some(match english {
        "address" => "地址",
        "receipt" => "回执",
        "what the receipt says" => "回执所说的内容",
        "proof of the register" => "登记册的证明",
        "signature of the receipt" => "回执的签名",
        "place under the root" => "在根之下的位置",
        "audience" => "接收方",
        "authority that signed itself" => "自签名的证书机构",
        "certificates, each signed by the next" => "证书逐份由下一份签名",
        "claims" => "声明",
        "credentials in it" => "其中的凭证",
        "data model" => "数据模型",
        "dates" => "日期",
        "device's answer to the session" => "设备对会话的应答",
        "digests" => "摘要",
        "disclosures" => "披露项",
        "document" => "文档",
        "elements that the device adds" => "设备自行添加的数据",
        "form" => "格式",
        "holder's key is named" => "持有人的密钥已指明",
        "identifier" => "标识符",
        "issuer's key is named" => "签发方的密钥已指明",
        "issuer's key" => "签发方的密钥",
        "issuer, type and status in the register" => "登记册中的签发方、类型和状态",
        "issuing country" => "签发国",
        "key binding" => "密钥绑定",
        "key" => "密钥",
        "leaf" => "末端证书",
        "list" => "列表",
        "nonce" => "随机数",
        "number of documents" => "证件份数",
        "payload" => "载荷",
        "place in the list" => "列表中的位置",
        "presentation by its holder" => "由持有人出示",
        "signature" => "签名",
        "signed while the certificate was valid" => "在证书有效期内签署",
        "status reference" => "状态引用",
        "status" => "状态",
        "trusted anchor" => "信任锚",
        "type of credential" => "凭证类型",
        "type of document" => "证件类型",
        "type of token" => "令牌类型",
        "types that it extends" => "所扩展的类型",
        "who published it" => "由谁发布",
        _ => return None,
    })
}

fn reason(english: &str) -> Option<&'static str> {
    Some(match english {
        "a document says nothing of that; the DID's method does" => "文档本身不说明此事，由 DID 的方法决定",
        "an anchor decides that, and none is named here" => "这由信任锚决定，此处没有指明",
        "another check fails" => "另一项检查未通过",
        "it brings no proof of who asks, so no wallet answers it" => "它没有请求方的证明，因此钱包不会回答",
        "it extends none" => "它不扩展其他类型",
        "its header is not acceptable json" => "其头部不是可接受的 JSON",
        "nobody asked for it" => "没有要求检查",
        "no list is asked here; wallet status reads one" => "此处不查询列表；可用 wallet status 读取",
        "none came" => "没有收到",
        "the claims cannot be put together" => "无法还原声明",
        "the credential has none" => "凭证中没有",
        "the keys are at another address" => "密钥在另一地址",
        "the list names none" => "列表没有注明地址",
        "the session that it answers is not named" => "没有指明它所应答的会话",
        "the signer's key is not in the token; give it, or a register" => {
            "令牌中没有签名者的密钥；请提供密钥或登记册"
        }
        "their documents are not here" => "此处没有它们的文档",
        "what comes before it does not hold" => "前面的检查未通过",
        "what it belongs to does not hold" => "它所属的内容未通过检查",
        "nothing came with it that proves it" => "没有随附可证明它的内容",
        "the proof does not hold its key" => "证明中没有它的密钥",
        "it has more lines than are looked at" => "条目过多，只查看了一部分",
        "it is not written as a history is" => "它的写法不是出示记录",
        "where it was found is not known" => "不知道它来自何处",
        "where the token came from is not known" => "不知道令牌来自何处",
        _ => return None,
    })
}
