//! 凭证类型、签发方的元数据及其地址。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
    description(code).or_else(|| published(code))
}

fn description(code: &str) -> Option<&'static str> {
    Some(match code {
        "integrity_malformed" => "完整性值按 W3C SRI 的写法注明散列算法及其 base64。",
        "integrity_hash_not_supported" => "完整性值含有验证方支持的散列算法。",
        "integrity_mismatch" => "文件的字节须与完整性值相符。",
        "type_metadata_not_json" | "type_metadata_malformed" => {
            "类型元数据是一个 JSON 对象，其成员种类正确。"
        }
        "type_metadata_of_other_type" => "类型元数据注明所查询的类型（vct）。",
        "type_metadata_of_other_integrity" => "类型元数据是凭证的完整性值所指的文件。",
        "type_metadata_too_many" | "type_metadata_text_too_long" => "类型元数据的大小有限。",
        "type_metadata_locale" => "语言以其标签（RFC 5646）注明一次。",
        "type_metadata_resource" => "图片以地址或图像的 data URI 注明。",
        "type_metadata_template" => "有多个 SVG 模板时，每个都有已知值的属性。",
        "svg_id_malformed" | "svg_id_repeated" => "每个 svg_id 由字母、数字和下划线组成，不重复。",
        "type_extends_itself" => "类型不得直接或间接扩展自身。",
        "type_extends_too_many" => "一条扩展链上最多八个类型。",
        "type_changes_disclosure" | "type_drops_mandatory" => "扩展其他类型的类型不得放宽其规则。",
        "claim_path_malformed" | "claim_path_repeated" => "路径是文本、null 和数字的数组，不重复。",
        "claim_of_wrong_kind" => "声明路径的每一步都不得进入其他种类的值。",
        "mandatory_claim_missing" => "类型所要求的必备声明须存在。",
        "claim_must_be_disclosable" | "claim_must_not_be_disclosable" => {
            "声明是否可选择性披露须符合其类型的规定。"
        }
        "other_types_malformed" => "类型的其他名称（aka_vcts）是文本的数组。",
        _ => return None,
    })
}

fn published(code: &str) -> Option<&'static str> {
    Some(match code {
        "issuer_missing" => "密钥在元数据中的凭证须注明签发方（iss）。",
        "issuer_metadata_not_json" | "issuer_metadata_keys" => {
            "签发方的元数据是 JSON，含有 jwks 或 jwks_uri 之一。"
        }
        "issuer_metadata_wrong_issuer" => "签发方的元数据注明所查询的签发方。",
        "key_set_malformed" | "key_set_with_private_key" => "密钥集是公钥 JWK 的数组。",
        "key_set_without_key" | "key_set_ambiguous" => "密钥集中有且仅有一个令牌所指的密钥。",
        "issuer_offer_malformed" => "发卡方的元数据是 JSON 对象，必备成员齐全且种类正确。",
        "issuer_offer_wrong_issuer" => "发卡方的元数据注明所查询的发卡方。",
        "issuer_offer_address" => "发卡方的地址是 https，有主机名而无片段。",
        "url_malformed" | "url_not_https" | "url_with_user" | "url_with_query_or_fragment" => {
            "地址是 https，有主机名，没有用户、查询或片段。"
        }
        "url_host_is_number" | "url_host_internal" => "地址指向公共主机，绝不指向内部网络。",
        _ => return None,
    })
}
