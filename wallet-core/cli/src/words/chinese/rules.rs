//! 各项规则，按代码排列。

mod certificate;
mod data_model;
mod did;
mod mdoc;
mod receipt;
mod sd_jwt;
mod shared;
mod status_list;
mod types;

use crate::rules::Topic;

pub(super) fn of_code(code: &str, topic: Topic) -> Option<&'static str> {
    let topics = [
        token,
        key,
        sd_jwt::of_code,
        certificate::of_code,
        status_list::of_code,
        types::of_code,
        did::of_code,
        mdoc::of_code,
        data_model::of_code,
        receipt::of_code,
    ];
    shared::of_code(code, topic).or_else(|| topics.iter().find_map(|of_code| of_code(code)))
}

fn token(code: &str) -> Option<&'static str> {
    Some(match code {
        "token_too_large" => "令牌最多 1,048,576 字节。",
        "token_malformed" => "令牌由三段 base64url 组成，以点分隔；SD-JWT 另附披露项，每项后有一个波浪号。",
        "header_malformed" => "头部是一个 JSON 对象，名称不重复。",
        "payload_malformed" => "载荷是一个 JSON 对象，名称不重复。",
        "algorithm_not_allowed" => "算法须为验证方允许的算法，绝不能是“none”，并与密钥相符。",
        "critical_extension" => "含有无法理解的关键扩展的令牌不予接受。",
        "wrong_type" => "头部的 typ 须与用途相符，以免一种令牌冒充另一种。",
        "invalid_signature" => "须能用签名者的密钥验证对所收内容的签名。",
        "payload_unencoded" => "令牌的载荷是 base64url；JWT 不使用 b64。",
        "wrong_content_type" => "头部的 cty 须与用途相符。",
        "wrong_audience" => "令牌若注明接收方，须是本验证方。",
        "time_malformed" => "时间是自 1970 年起的秒数。",
        "not_yet_valid" => "令牌在 nbf 之前不予接受。",
        "expired" => "令牌在 exp 之时及之后不予接受。",
        "issuer_malformed" => "签发方（iss）是一段文本。",
        "issuer_key_not_named" => "头部以证书（x5c）或 kid 指明签发方的密钥。",
        _ => return None,
    })
}

fn key(code: &str) -> Option<&'static str> {
    Some(match code {
        "key_algorithm_not_allowed" => "密钥的 alg 须为 ES256 或 EdDSA，并与密钥相符。",
        "key_type_not_allowed" => "密钥须为 kty EC、crv P-256，或 OKP、Ed25519。",
        "key_malformed" => "密钥的每个坐标是 32 字节的 base64url。",
        "key_private" => "公钥不得带有私钥部分。",
        "key_other_purpose" => "注明用途的密钥须用于签名。",
        "key_not_a_point" => "密钥须是其曲线上的点，且不属于小阶。",
        "key_mismatch" => "私钥部分须与公钥对应。",
        _ => return None,
    })
}
