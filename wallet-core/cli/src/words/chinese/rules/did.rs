//! 去中心化标识符及其文档。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
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
