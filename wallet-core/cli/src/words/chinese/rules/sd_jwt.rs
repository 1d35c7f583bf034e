//! SD-JWT 及其密钥绑定。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
    token(code).or_else(|| key_binding(code))
}

fn token(code: &str) -> Option<&'static str> {
    Some(match code {
        "too_many_disclosures" => "令牌最多有 256 个披露项。",
        "hash_algorithm_not_allowed" => "散列算法须是验证方了解并认为安全的算法。",
        "hash_algorithm_nested" => "散列算法只在最外层注明。",
        "disclosure_not_base64url" => "披露项是不带填充的 base64url。",
        "disclosure_not_json" => "披露项是一个 JSON 数组。",
        "disclosure_malformed" => "披露项是由盐、名称和值组成的数组；数组元素则只有盐和值。",
        "disclosure_repeated" => "披露项不得重复。",
        "digest_malformed" => "_sd 是文本的数组，每项是一个摘要。",
        "array_digest_malformed" => "数组中的摘要是只有“...”一个成员的对象。",
        "element_disclosed_as_claim" => "_sd 中的摘要对应带名称的披露项，即三个元素。",
        "claim_disclosed_as_element" => "数组中的摘要对应两个元素的披露项。",
        "claim_name_reserved" => "披露的声明不得名为 _sd、... 或 _sd_alg。",
        "claim_name_taken" => "披露的声明不得已存在于其摘要所在之处。",
        "digest_repeated" => "同一摘要不得出现在多处。",
        "disclosure_unreferenced" => "每个披露项都有对应的摘要。",
        "claims_too_deep" => "声明最多嵌套 32 层。",
        "claim_not_disclosable" => {
            "iss、nbf、exp、cnf、vct、vct#integrity、aka_vcts 和 status 不得选择性披露。"
        }
        "sd_jwt_not_json" | "sd_jwt_json_malformed" | "sd_jwt_json_part_malformed" => {
            "JSON 形式含有 payload、protected 和 signature，均为文本。"
        }
        "sd_jwt_json_signatures" => "JSON 形式有一至八个签名，以第一个为准。",
        "header_parameter_repeated" => "头部参数或受保护或不受保护，不得兼有。",
        "disclosures_misplaced" => "披露项和密钥绑定只在第一个不受保护的头部中。",
        "claim_missing" => "验证方需要的声明须存在或已披露。",
        "credential_type_missing" => "凭证以非空文本注明其类型（vct）。",
        "status_malformed" => "状态以地址指明列表，以非负数指明其中的位置。",
        _ => return None,
    })
}

fn key_binding(code: &str) -> Option<&'static str> {
    Some(match code {
        "key_binding_missing" => "要求密钥绑定时，没有绑定的令牌不予接受。",
        "key_binding_unexpected" => "签发方发出的令牌不带密钥绑定。",
        "holder_key_unusable" => "凭证注明持有人的密钥（cnf.jwk），须为公钥且种类获准。",
        "key_binding_invalid_signature" => "密钥绑定由凭证注明的密钥签名。",
        "key_binding_wrong_type" => "密钥绑定的 typ 是 kb+jwt。",
        "key_binding_malformed" => "密钥绑定是一个已签名的 JWT。",
        "key_binding_claims_missing" => "密钥绑定须有 iat、aud、nonce 和 sd_hash。",
        "key_binding_wrong_audience" => "密钥绑定是给本验证方的：aud 是验证方自己的名称。",
        "key_binding_wrong_nonce" => "密钥绑定回答本次请求：nonce 是所发出的那个。",
        "key_binding_wrong_hash" => "sd_hash 是令牌及其披露项（至最后一个波浪号）的摘要。",
        "key_binding_from_the_future" => "密钥绑定在可接受的时间内生成；iat 不在将来。",
        "key_binding_expired" => "密钥绑定到期之后不予接受。",
        "key_binding_too_old" => "密钥绑定在可接受的时间内生成。",
        "key_binding_wrong_transaction_data" => "密钥绑定按顺序含有所请求的交易数据的散列值。",
        _ => return None,
    })
}
