//! 各项规则，按代码排列。

use crate::rules::Topic;

pub(super) fn of_code(code: &str, topic: Topic) -> Option<&'static str> {
    let shared = match topic {
        Topic::Token => None,
        Topic::Mdoc => of_mdoc(code).or_else(|| of_cbor(code)),
        Topic::DataModel => of_data_model(code),
        Topic::Cbor => of_cbor(code),
    };
    shared.or_else(|| in_general(code))
}

/// 移动证件中含义另有出处的代码。
fn of_mdoc(code: &str) -> Option<&'static str> {
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

/// W3C 数据模型中含义另有出处的代码。
fn of_data_model(code: &str) -> Option<&'static str> {
    Some(match code {
        "expired" => "凭证在 validUntil 之后、其令牌在 exp 之时及之后不予接受。",
        "not_yet_valid" => "凭证在 validFrom 之前、其令牌在 nbf 之前不予接受。",
        "wrong_type" => "头部的 typ 是 vc+jwt 或 vp+jwt，以免一种令牌冒充另一种。",
        _ => return None,
    })
}

/// CBOR 签名消息中含义另有出处的代码。
fn of_cbor(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_signature" => "须能用签名者的密钥验证对所收消息的签名。",
        "wrong_type" => "受保护头部的 typ 须与用途相符，以免一种消息冒充另一种。",
        "algorithm_not_allowed" => "算法须受保护，为验证方所允许，并与密钥相符。",
        "critical_extension" => "含有无法理解的关键参数的消息不予接受。",
        _ => return None,
    })
}

fn in_general(code: &str) -> Option<&'static str> {
    let topics =
        [token, key, sd_jwt, key_binding, certificate, status_list, types, did, mdoc, data_model, receipt];
    topics.iter().find_map(|topic| topic(code))
}

fn receipt(code: &str) -> Option<&'static str> {
    Some(match code {
        "receipt_path_too_long" => "回执的路径最多 32 个哈希值。",
        "receipt_salt_wrong" => "叶是一个零字节、回执的盐值和回执的 SHA-256 三者的 SHA-256。",
        "receipt_path_wrong" => "沿途的哈希值从叶通向登记册中的根。",
        "receipt_says_otherwise" => "每条记录所写的签名方、机构、用途和时段与其回执一致。",
        "receipt_proof_wrong" => "登记册的证明含有该签名方该时段回执的根。",
        _ => return None,
    })
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

fn sd_jwt(code: &str) -> Option<&'static str> {
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

fn certificate(code: &str) -> Option<&'static str> {
    Some(match code {
        "certificate_malformed" => "证书链由 base64 编码的 DER 证书组成，末端证书在前。",
        "certificate_chain_length" => "证书链有一至四份证书。",
        "certificate_too_large" => "证书最多 8 KiB。",
        "certificate_extension_repeated" => "扩展不得重复。",
        "certificate_key_not_allowed" => "证书的密钥是 P-256 或 Ed25519。",
        "certificate_critical_extension" => "含有无法理解的关键扩展的证书不予接受。",
        "certificate_constrained" => "此处不检查名称与策略的限制，因此设有这类限制的证书不予接受。",
        "certificate_algorithm_not_allowed" => "证书以 ECDSA 与 SHA-256 或以 Ed25519 签名。",
        "certificate_outside_validity" => "时间须在每份证书的有效期之内。",
        "certificate_wrong_issuer_name" => "每份证书的签发者名称与下一份的名称相同。",
        "certificate_invalid_signature" => "每份证书由下一份签名。",
        "certificate_untrusted" => "最后一份证书由受信任的锚签名。",
        "certificate_issuer_not_authority" => "末端证书之上的每份证书都属于证书机构。",
        "certificate_issuer_may_not_sign" => "末端证书之上的每个密钥都可以签发证书。",
        "certificate_path_too_long" => "一份证书之下的机构数不得超过其所允许的数目。",
        "certificate_leaf_is_authority" => "末端证书不属于证书机构。",
        "certificate_leaf_self_issued" => "末端证书不是自己签发的。",
        "certificate_may_not_sign" => "末端证书的密钥可以签署数据。",
        "certificate_chain_carries_anchor" => "消息所带的证书链中不含信任锚。",
        "document_signer_not_direct" => "证件签署者直接位于只签发末端证书的机构之下。",
        "certificate_key_usage_missing" => "证件签署者和机构都注明其密钥可签署什么。",
        "certificate_not_for_documents" => "证书用于签署移动证件（扩展密钥用途）。",
        "certificate_country_mismatch" => "证书与其机构属于同一国家。",
        "certificate_outlives_issuer" => "证书的有效期在其机构的有效期之内。",
        _ => return None,
    })
}

fn status_list(code: &str) -> Option<&'static str> {
    Some(match code {
        "status_list_bits" => "每项有 1、2、4 或 8 位。",
        "status_list_too_large" | "bitstring_too_large" => "解压后的列表最多 4 MiB。",
        "status_index_out_of_range" => "位置须在列表之内；否则无从得知状态。",
        "status_value_too_large" => "状态值须容纳于列表的位数。",
        "status_list_claims_malformed" => {
            "令牌含有 sub、iat 和 status_list；exp 和 ttl 只能是数，ttl 大于零。"
        }
        "status_list_wrong_subject" => "令牌的 sub 是凭证所指的地址。",
        "status_list_from_the_future" => "令牌在此刻之前签发。",
        "status_list_expired" => "令牌到期之后不再使用。",
        "status_list_not_zlib" => "lst 是一个 zlib 流（RFC 1950）：CBOR 中为字节，JSON 中为其 base64url。",
        "status_list_aggregation_malformed" => "汇总是 https 地址的数组，aggregation_uri 是其中之一种地址。",
        "bitstring_entry_malformed" => "状态项含有类型、用途、索引和列表的地址。",
        "bitstring_too_many_entries" => "凭证最多有八个状态项。",
        "bitstring_size" => "状态项有 1、2、4 或 8 位。",
        "bitstring_index_malformed" => "索引是写成文本的整数。",
        "bitstring_messages" => "多位的状态项须解释其每个值。",
        "bitstring_not_a_list" => "列表的凭证是关于 BitstringStatusList 的 BitstringStatusListCredential。",
        "bitstring_wrong_list" => "列表须是状态项所指的那一个。",
        "bitstring_wrong_purpose" => "列表须用于状态项的用途。",
        "bitstring_ttl_malformed" => "存活时间是大于零的数。",
        "bitstring_encoding" => "encodedList 是字母 u 加 base64url。",
        "bitstring_not_gzip" => "列表是一个 GZIP 流。",
        "bitstring_too_short" => "列表至少有 131,072 项，使每一项隐于众项之中。",
        "bitstring_index_out_of_range" => "位置须在列表之内。",
        "bitstring_value_too_large" => "状态值须容纳于状态项的位数。",
        _ => return None,
    })
}

fn types(code: &str) -> Option<&'static str> {
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

fn did(code: &str) -> Option<&'static str> {
    Some(match code {
        "did_malformed" => "DID 的形式由其方法规定。",
        "did_method_unsupported" => "DID 的方法须是此处能够解析的。",
        "did_host_not_public" => "did:web 指明公共主机。",
        "did_path_not_acceptable" => "did:web 的路径没有空段，也没有点段。",
        "did_key_unusable" => "DID 所含的密钥种类须获准。",
        "did_document_not_json" => "DID 文档是一个 JSON 对象，名称不重复。",
        "did_document_context" => "上下文以 DID 的上下文开头。",
        "did_document_without_id" => "DID 文档注明其 DID（id）。",
        "did_document_of_another" => "文档须是所解析的 DID 的文档。",
        "did_document_names_malformed" => "控制者和其他名称是 DID 和地址。",
        "did_document_too_many_entries" => "DID 文档的条目数有限。",
        "did_method_malformed" | "did_method_id_unusable" => {
            "验证方法有 id、type 和 controller，各有其形式。"
        }
        "did_document_repeats_id" => "DID 文档中的 id 不重复。",
        "did_method_key_not_one" => "验证方法只以一种方式给出密钥。",
        "did_method_key_unusable" => "验证方法所含的公钥种类须获准。",
        "did_relationship_malformed" => "验证关系是方法或其名称的数组。",
        "did_relationship_dangling" | "did_key_unknown" => "方法的名称须指向文档中的方法。",
        "did_service_malformed" => "服务有 id、type 和 serviceEndpoint。",
        "did_key_for_another_relationship" => "密钥只用于文档所允许的用途。",
        "did_key_of_another_kind" => "密钥须与所用算法相符。",
        "did_key_of_another_controller" => "密钥由使用它的 DID 控制。",
        _ => return None,
    })
}

fn mdoc(code: &str) -> Option<&'static str> {
    Some(match code {
        "cbor_too_large" | "cbor_too_deep" | "cbor_too_many_items" => "CBOR 的大小、深度和数量有限。",
        "cbor_malformed" | "cbor_trailing_bytes" => "CBOR 是一个格式正确的数据项，其后没有内容。",
        "cbor_unknown_simple_value" => "简单值只有 true、false 和 null；其他在此没有意义。",
        "cbor_indefinite_length" => "数据项的长度须已知。",
        "cbor_key_not_allowed" | "cbor_key_repeated" => "映射的键是文本或数字，不重复。",
        "cose_malformed" | "cose_wrong_tag" => "COSE 消息有其标签和四个成员。",
        "cose_header_malformed" | "cose_header_repeated" => "头部是映射，同一标签不得同在两个头部。",
        "cose_certificates_misplaced" => "证书（x5chain）须在其应在之处。",
        "cose_payload_misplaced" => "载荷按用途或在消息中，或由调用者持有。",
        "invalid_mac" => "须能用共享密钥验证对所收内容的 MAC。",
        "mdoc_malformed" | "mdoc_item_malformed" => "应答及其各项具有其结构的成员。",
        "mdoc_version" => "应答的版本是 1.0。",
        "mdoc_status_not_ok" => "带有证件的应答状态为 0。",
        "mdoc_no_document" | "mdoc_too_many_documents" => {
            "应答有一至八份证件；OpenID4VP 的一次出示只有一份。"
        }
        "mdoc_salt_too_short" => "盐至少 16 字节。",
        "mdoc_digest_id_repeated" => "同一命名空间内摘要编号不重复。",
        "mdoc_element_repeated" => "同一命名空间内数据元素不重复。",
        "mdoc_security_object_malformed"
        | "mdoc_security_object_version"
        | "mdoc_key_authorizations_malformed" => "移动安全对象成员齐全，版本为 1.0。",
        "mdoc_validity_out_of_order" => "移动证件自签署之时或其后生效，其后才到期。",
        "mdoc_wrong_type" => "证件的类型是所签署的类型。",
        "mdoc_wrong_issuer_key" => "签名须出自证书的密钥。",
        "mdoc_digest_missing" | "mdoc_digest_mismatch" => "每一项都与为其编号所签署的摘要相符。",
        "mdoc_signed_outside_certificate" => "移动证件在其证书有效期内签署。",
        "mdoc_issuing_country" => "驾驶证的签发国与证书的国家相同。",
        "mdoc_transcript_malformed" => "会话记录有其三个成员。",
        "device_auth_malformed" | "device_auth_refused" => "设备以签名或 MAC 认证。",
        "device_auth_invalid_signature" => "设备对本会话的签名须能用签发方所签署的密钥验证。",
        "device_auth_invalid_mac" => "设备对本会话的 MAC 须能用只有双方知道的密钥验证。",
        "device_mac_unexpected" | "device_mac_key_unusable" => "只有双方共有会话密钥时才接受 MAC。",
        "device_element_not_authorised" => "设备只签署其密钥获准签署的内容。",
        _ => return None,
    })
}

fn data_model(code: &str) -> Option<&'static str> {
    Some(match code {
        "vc_context" => "上下文是以凭证上下文开头的列表。",
        "vc_id_not_url" => "id 是一个 URL。",
        "vc_type" => "类型是或包含 VerifiableCredential。",
        "vc_name_malformed" => "名称和说明是文本，或带语言的文本。",
        "vc_issuer_not_url" => "签发方以 URL 注明。",
        "vc_subject" => "凭证须对某个主体有所陈述。",
        "vc_period_malformed" => "validFrom 和 validUntil 是带时区的日期，先后有序。",
        "vc_status_malformed" => "状态项有类型。",
        "vc_schema_malformed" => "模式有 id 和类型。",
        "vc_embedded_proof" => "令牌内部的证明不会被检查，因此不得存在。",
        "vc_property_untyped" => "刷新服务、使用条款和证据有类型。",
        "vc_of_version_1" => "令牌本身就是凭证；没有 vc 或 vp 声明包裹它。",
        "vc_claim_contradicts" => "令牌的声明与凭证的属性一致。",
        "vp_holder_not_url" => "持有人以 URL 注明。",
        "vp_content_malformed" => "出示中含有凭证。",
        "vp_content_unsecured" => "出示中的每份凭证都由其签发方保护。",
        "vp_too_many_credentials" => "一次出示最多 16 份凭证。",
        "vp_wrong_audience" => "出示注明本验证方（aud）。",
        "vp_wrong_nonce" => "出示回答本次请求（nonce）。",
        "vp_too_old" => "出示是刚刚生成的（iat）。",
        "vp_without_credential" => "要证明什么，出示中就须有凭证。",
        "vp_missing" => "要求持有人证明时，凭证须在出示之中。",
        "vp_holder_key_not_named" => "出示的头部含有持有人的密钥（jwk），或以含有密钥的 DID 指明它（kid）。",
        "vp_credential_not_bound" => "凭证绑定于出示它的密钥：通过 cnf，或通过其 DID 含有该密钥的主体。",
        _ => return None,
    })
}
