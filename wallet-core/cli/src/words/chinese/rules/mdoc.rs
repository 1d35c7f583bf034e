//! CBOR、COSE 和移动证件。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
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
