//! The actions that the members' guide shows are actions.

use registry_proof::transaction::Action;

#[test]
fn every_action_of_the_guide_is_one() {
    let guide = include_str!("../../../docs/guides/registry.md");
    let actions: Vec<&str> = guide.lines().filter(|line| line.starts_with("{ ")).collect();
    assert_eq!(actions.len(), 19);
    for text in actions {
        if let Err(error) = serde_json::from_str::<Action>(text) {
            panic!("{error}: {text}");
        }
    }
}
