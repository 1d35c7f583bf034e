//! 多种格式共用、而规则另有出处的代码。

use crate::rules::Topic;

pub(super) fn of_code(code: &str, topic: Topic) -> Option<&'static str> {
    match topic {
        Topic::Token => None,
        Topic::Mdoc => mdoc(code).or_else(|| cbor(code)),
        Topic::DataModel => data_model(code),
        Topic::Cbor => cbor(code),
    }
}

fn mdoc(code: &str) -> Option<&'static str> {
    Some(match code {
        "expired" => "证件在 validUntil 之后不予接受。",
        "not_yet_valid" => "证件在 validFrom 之前不予接受。",
        "time_malformed" => "时间是 UTC 日期与时间（tdate）。",
        "invalid_signature" => "签发方的签名须能对所收的安全对象验证。",
        "algorithm_not_allowed" => "算法受保护，为验证方所允许，并与密钥相符。",
        "hash_algorithm_not_allowed" => "摘要由 SHA-256、SHA-384 或 SHA-512 生成。",
        "digest_malformed" => "摘要的长度须与其算法相符。",
        "holder_key_unusable" => "安全对象注明设备的密钥（deviceKey），须为公钥且种类获准。",
        "status_malformed" => "状态以地址指明列表，以数字指明其中的位置。",
        _ => return None,
    })
}

fn data_model(code: &str) -> Option<&'static str> {
    Some(match code {
        "expired" => "凭证在 validUntil 之后、其令牌在 exp 之时及之后不予接受。",
        "not_yet_valid" => "凭证在 validFrom 之前、其令牌在 nbf 之前不予接受。",
        "wrong_type" => "头部的 typ 是 vc+jwt 或 vp+jwt，以免一种令牌冒充另一种。",
        _ => return None,
    })
}

fn cbor(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_signature" => "须能用签名者的密钥验证对所收消息的签名。",
        "wrong_type" => "受保护头部的 typ 须与用途相符，以免一种消息冒充另一种。",
        "algorithm_not_allowed" => "算法须受保护，为验证方所允许，并与密钥相符。",
        "critical_extension" => "含有无法理解的关键参数的消息不予接受。",
        _ => return None,
    })
}
