//! The case that the product was made for: an `install.wim` of 5,554,353,356 bytes, "ICBC VDA Win10 LTSC 2019", made on
//! 2020-07-29. The file is sparse: it takes no room.

use wimproof_testkit::{Entry, Image, Wim, filetime};

use crate::support::{Desk, cmge, one, root, verdict};

const SIZE: u64 = 5_554_353_356;

fn rogue(name: &str) -> Wim {
    let root = Entry::tree_of(&[("Windows/System32/kernel32.dll", b"MZ")]);
    let created = filetime(2020, 7, 29, 10, 25, 11);
    Wim::new().image(
        Image::new(name)
            .description("ICBC VDA Win10 LTSC 2019")
            .root(root)
            .created(created)
            .modified(created)
            .edition("EnterpriseS")
            .windows_version(10, 0, 17763, 1339),
    )
}

fn seed_desk() -> Desk {
    let desk = Desk::new();
    let path = desk.wim("approved.wim", &one(cmge(root())));
    desk.approve(&path);
    desk
}

#[test]
fn the_image_of_the_case_is_rogue() {
    let desk = seed_desk();
    let path = desk.path("install.wim");
    rogue("ICBC VDA Win10 LTSC 2019").write_sparse(&path, SIZE).expect("written");
    for assurance in ["claimed", "declared"] {
        let run = desk.check(["install.wim", "--assurance", assurance]).code(1);
        assert_eq!(verdict(&run), "rogue");
        let subject = &run.json()["subjects"][0];
        assert_eq!(subject["file_size"], SIZE);
        assert_eq!(subject["images"][0]["claims"]["created"], "2020-07-29T10:25:11Z");
        assert!(subject["bytes_read"].as_u64().expect("a number") < 1 << 20, "{}", subject["bytes_read"]);
    }
    let human = desk.run(["check", "install.wim"]).code(1).out;
    assert!(human.contains("5,554,353,356 bytes (5.17 GiB)"), "{human}");
}

#[test]
fn under_the_approved_name_it_is_an_impostor() {
    let desk = seed_desk();
    let path = desk.path("install.wim");
    rogue("CMGE V2020-L").write_sparse(&path, SIZE).expect("written");
    let run = desk.check(["install.wim"]).code(1);
    assert_eq!(verdict(&run), "impostor");
    let json = run.json();
    let compared = json["subjects"][0]["images"][0]["compared"].as_array().expect("a table");
    let differs = |fact: &str| compared.iter().any(|c| c["fact"] == fact && c["agrees"] == false);
    assert!(differs("file_size") && differs("created") && differs("edition") && differs("tree"));
    assert!(!differs("name"));
}

#[test]
fn file_size_and_total_bytes_are_different_facts() {
    let desk = Desk::bare();
    let path = desk.path("install.wim");
    let layout = rogue("x").write_sparse(&path, SIZE).expect("written");
    let json = desk.run(["inspect", "install.wim", "--format", "json"]).code(0).json();
    let subject = &json["subjects"][0];
    assert_eq!(subject["file_size"], SIZE);
    assert_eq!(subject["claims"]["wim_total_bytes"], layout.xml.expect("XML").offset);
}
