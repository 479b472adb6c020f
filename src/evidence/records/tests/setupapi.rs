use super::{corpus, local, said, values};
use crate::{
    evidence::{
        records::{Settings, setupapi},
        statement::{Testimony, Topic},
    },
    sighting::Locator,
};

const LOG: &str = "[Device Install Log]\r\n     OS Version = 10.0.19043\r\n\r\n[Boot Session: 2022/02/05 11:18:36.223]\r\n\r\n\
>>>  [Device Install (Hardware initiated) - USBSTOR\\Disk&Ven_X&Prod_Y&Rev_1.0\\AA11BB22&0]\r\n\
>>>  Section start 2022/02/05 11:20:49.867\r\n\
     dvi: {Build Driver List} 11:20:49.882\r\n\
     dvi: Device USBSTOR\\Disk&Ven_X&Prod_Y&Rev_1.0\\AA11BB22&0 again\r\n\
     flq: Copying 'C:\\usbstor.inf' to 'D:\\usbstor.inf'.\r\n\
<<<  Section end 2022/02/05 11:20:50.102\r\n\
<<<  [Exit status: SUCCESS]\r\n\r\n\
>>>  [Setup Plug and Play Device Install]\r\n\
>>>  Section start 2022/02/05 11:30:00.000\r\n\
     dvi: {Plug and Play Service: Device Install for SCSI\\CdRom&Ven_Msft&Prod_Virtual_DVD-ROM\\2&1f4adffe&0&000001}\r\n\
     dvi: {Plug and Play Service: Device Install for PCI\\VEN_1AF4&DEV_1000\\3&13c0b0c5&0&18}\r\n\
     dvi: {Plug and Play Service: Device Install for USB\\VID_0781&PID_5581\\AA11BB22}\r\n";

fn read(bytes: &[u8]) -> Testimony {
    setupapi::read(bytes, "setupapi.dev.log", &Settings::default())
}

#[test]
fn devices_that_can_carry_an_image_are_named_with_their_times() {
    let testimony = read(LOG.as_bytes());
    let stick = r"USBSTOR\Disk&Ven_X&Prod_Y&Rev_1.0\AA11BB22&0";
    let drive = r"SCSI\CdRom&Ven_Msft&Prod_Virtual_DVD-ROM\2&1f4adffe&0&000001";
    let expected = [
        (Topic::InstalledOs, "OS Version", "10.0.19043"),
        (Topic::Boot, "", "2022/02/05 11:18:36.223"),
        (Topic::UsbDevice, "AA11BB22", stick),
        (Topic::DeviceInstance, "", drive),
        (Topic::DeviceInstance, "AA11BB22", r"USB\VID_0781&PID_5581\AA11BB22"),
    ];
    assert_eq!(said(&testimony), expected);
    assert_eq!(testimony.statements[1].stamp, local("2022-02-05 11:18:36.223"));
    let named = &testimony.statements[2];
    assert_eq!(named.stamp, local("2022-02-05 11:20:49.867"), "the start stands in the line below");
    assert_eq!(named.locator, Locator::Line(6, LOG.find(">>>").unwrap() as u64));
    assert!(named.quote.contains("Hardware initiated"));
}

#[test]
fn a_section_without_a_start_is_told_at_the_time_of_its_session() {
    let cut = &LOG[..LOG.find(">>>  Section start").unwrap()];
    let testimony = read(cut.as_bytes());
    assert_eq!(values(&testimony, Topic::UsbDevice).len(), 1);
    assert_eq!(testimony.statements[2].stamp, local("2022-02-05 11:18:36.223"));
}

#[test]
fn a_real_log_has_its_sessions() {
    let Some(bytes) = corpus("setupapi/setupapi.dev.win10-head.log") else { return };
    let testimony = read(&bytes);
    assert_eq!(values(&testimony, Topic::Boot), ["2022/02/05 11:18:36.223", "2022/02/05 14:30:37.500"]);
    assert_eq!(values(&testimony, Topic::InstalledOs), ["10.0.19043"]);
    // A virtual machine without a stick; drivers for sticks are installed all the same.
    assert_eq!(values(&testimony, Topic::UsbDevice), [""; 0]);
    assert!(testimony.partial.is_none());
    assert_eq!(testimony.size, 600_000);
}
