//! Decentralised identifiers and their documents.

use super::Entry;

pub(super) fn of_code(code: &str) -> Option<Entry> {
    identifier(code).or_else(|| document(code))
}

fn identifier(code: &str) -> Option<Entry> {
    Some(match code {
        "did_malformed" => ("DID Core 1.0 section 3.1", "A DID has the form that its method gives it."),
        "did_method_unsupported" => {
            ("DID Core 1.0 section 8", "The DID is of a method that can be resolved here.")
        }
        "did_host_not_public" => ("did:web section 2.3", "A did:web names a public host."),
        "did_path_not_acceptable" => {
            ("did:web section 2.3", "A did:web's path has no empty part and no dots.")
        }
        "did_key_unusable" => {
            ("RFC 7518 section 6.2, RFC 8037 section 2", "The DID holds a key of an allowed kind.")
        }
        _ => return None,
    })
}

fn document(code: &str) -> Option<Entry> {
    Some(match code {
        "did_document_not_json" => {
            ("DID Core 1.0 section 6.2", "A DID document is a JSON object, no name in it twice.")
        }
        "did_document_context" => ("DID Core 1.0 section 6.3.1", "The context begins with that of DIDs."),
        "did_document_without_id" => ("DID Core 1.0 section 5.1.1", "A DID document names its DID (id)."),
        "did_document_of_another" => {
            ("DID Core 1.0 section 5.1.1", "The document is about the DID that was resolved.")
        }
        "did_document_names_malformed" => {
            ("DID Core 1.0 sections 5.1.2 and 5.1.3", "Controllers and other names are DIDs and addresses.")
        }
        "did_document_too_many_entries" => (super::OURS, "A DID document keeps to a number of entries."),
        "did_method_malformed" | "did_method_id_unusable" => (
            "DID Core 1.0 section 5.2",
            "A verification method has id, type and controller, each in its form.",
        ),
        "did_document_repeats_id" => ("DID Core 1.0 section 5.2", "Each id in a DID document stands once."),
        "did_method_key_not_one" => {
            ("DID Core 1.0 section 5.2.1", "A verification method holds its key in one way, not in several.")
        }
        "did_method_key_unusable" => {
            ("DID Core 1.0 section 5.2.1", "A verification method holds a public key of an allowed kind.")
        }
        "did_relationship_malformed" => {
            ("DID Core 1.0 section 5.3", "A relationship is an array of methods or their names.")
        }
        "did_relationship_dangling" | "did_key_unknown" => {
            ("DID Core 1.0 section 5.3", "A name of a method leads to one in the document.")
        }
        "did_service_malformed" => {
            ("DID Core 1.0 section 5.4", "A service has id, type and serviceEndpoint.")
        }
        "did_key_for_another_relationship" => {
            ("DID Core 1.0 section 5.3", "A key is used only for what the document allows it.")
        }
        "did_key_of_another_kind" => ("RFC 8725 section 3.1", "The key is of the algorithm that is used."),
        "did_key_of_another_controller" => {
            ("DID Core 1.0 section 5.2", "The key is controlled by the DID that it is used for.")
        }
        _ => return None,
    })
}
