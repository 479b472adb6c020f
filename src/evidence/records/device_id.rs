//! Device instance ids, `enumerator\device\instance`: which of them are of devices that can carry an image.

use super::entry::Entry;
use crate::evidence::statement::Topic;

/// A device that can carry an image: on USB, or an optical drive, also a virtual one (a mounted ISO file).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Carrier<'i> {
    /// The device instance id as it stands.
    pub(super) id: &'i str,
    /// Its last part without what Windows adds: the serial number of the device, where it has one.
    pub(super) serial: &'i str,
    /// Whether it is a storage device on USB, and not a port or an adapter it hangs on.
    pub(super) is_usb_storage: bool,
}

impl<'i> Carrier<'i> {
    /// The carrier with this device instance id, if it is one. Knows the form with backslashes and the one inside names
    /// of volumes and portable devices, with `#`: `SWD\WPDBUSENUM\_??_USBSTOR#Disk&Ven_...#serial&0#{class}`.
    pub(super) fn of(id: &'i str) -> Option<Self> {
        let lower = id.to_ascii_lowercase();
        let is_usb_storage = lower.contains(r"usbstor\") || lower.contains("usbstor#");
        let is_carrier = is_usb_storage
            || lower.starts_with(r"usb\vid_")
            || lower.contains(r"\cdrom")
            || lower.contains("#cdrom");
        if !is_carrier {
            return None;
        }
        let instance = id.rsplit(['\\', '#']).find(|part| !part.is_empty() && !part.starts_with('{'))?;
        // `serial&0` is a serial of the device's own; `6&1c9a8b2d&0&0` was made up by Windows.
        let serial = match instance.split_once('&') {
            Some((serial, number)) if !number.contains('&') => serial,
            Some(_) => "",
            None => instance,
        };
        Some(Self { id, serial, is_usb_storage })
    }

    /// Says that the device was there: a storage device by its serial number, another one by its id.
    pub(super) fn say(&self, entry: &mut Entry<'_>) {
        match self.is_usb_storage {
            true => entry.say(Topic::UsbDevice, self.serial, self.id),
            false => entry.say(Topic::DeviceInstance, self.serial, self.id),
        }
    }

    /// Finds the first device instance id of a carrier inside a text.
    pub(super) fn find(text: &'i str) -> Option<Self> {
        let token_ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '[' | ']' | ',');
        text.split(token_ends).filter(|token| token.contains(['\\', '#'])).find_map(|token| {
            let token = token.trim_start_matches(['{', '(']).trim_end_matches([')', '.', ':']);
            // A class in braces is part of an id, a brace around it is not.
            Self::of(if token.contains('{') { token } else { token.trim_end_matches('}') })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_are_told_from_other_devices() {
        let stick = Carrier::of(r"USBSTOR\DISK&VEN_X&PROD_Y&REV_0.00\0123456789ABCD&0").unwrap();
        assert_eq!((stick.serial, stick.is_usb_storage), ("0123456789ABCD", true));
        let portable = r"SWD\WPDBUSENUM\_??_USBSTOR#Disk&Ven_Generic&Prod_Flash_Disk&Rev_8.07#99E2116A&0#{53f56307-b6bf}";
        assert_eq!(Carrier::of(portable).unwrap().serial, "99E2116A");
        let port = Carrier::of(r"USB\VID_7614&PID_1000\0123456789ABCD").unwrap();
        assert_eq!((port.serial, port.is_usb_storage), ("0123456789ABCD", false));
        assert_eq!(
            Carrier::of(r"SCSI\CdRom&Ven_Msft&Prod_Virtual_DVD-ROM\2&1f4adffe&0&000001").unwrap().serial,
            ""
        );
        for other in [r"PCI\VEN_1AF4&DEV_1000\3&13C0B0C5&0&18", r"USB\ROOT_HUB30\4&1&0", "usbstor.inf", ""] {
            assert_eq!(Carrier::of(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_is_found_in_a_sentence() {
        let text = r"dvi: {Device Install for USBSTOR\Disk&Ven_X\AA11&0} 11:20:49.882";
        assert_eq!(Carrier::find(text).unwrap().id, r"USBSTOR\Disk&Ven_X\AA11&0");
        assert_eq!(Carrier::find(r"Copying 'C:\Windows\usbstor.inf' to 'C:\x\usbstor.inf'"), None);
    }
}
