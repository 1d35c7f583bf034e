//! W3C 数据模型的凭证和出示。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
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
        "vc_audience" => "凭证本身不注明受众（aud）：出示给谁，由出示注明。",
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
