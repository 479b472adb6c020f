//! The medium that an image lies in.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    MEDIUM_DIFFERS = "WP2035" Deny, "file systems of the medium hold different files under one name",
        "介质上的文件系统以同一名称存放不同的文件",
        "The medium has several file systems over the same sectors, and under the name of the image they lead to different bytes. Which image is deployed depends on the program that reads the medium; no writer of media does this.",
        "介质在同一扇区上有多个文件系统，而该镜像的名称在其中指向不同的字节。实际部署哪一个取决于读取介质的程序；正常的制作工具不会如此。";
    MEDIUM_TREES = "WP2036" Warn, "file systems of the medium disagree", "介质上的文件系统不一致",
        "Only one file system of the medium shows the image file, or they give it different lengths. ISO 9660 cannot say the length of a file of 4 GiB and more in one extent, and gives it modulo 4 GiB; wimproof, like Windows, goes by UDF. Programs that read the other file system get another file, or a cut one.",
        "该镜像文件只出现在介质的一个文件系统中，或各文件系统给出的长度不同。ISO 9660 的单个区段无法表示 4 GiB 及以上的文件长度，只给出其模 4 GiB 的值；wimproof 与 Windows 一样以 UDF 为准。读取另一文件系统的程序会得到不同或被截断的文件。";
    MEDIUM_DAMAGED = "WP2037" Warn, "a file system of the medium cannot be read to its end", "介质的文件系统无法完整读取",
        "A file system of the medium is damaged, or larger than what is read of one. What else it holds is not known; the image itself was read.",
        "介质的某个文件系统已损坏或超出读取上限。其中还有什么未知；镜像本身已读取。";
    MEDIUM_ANSWERS = "WP2038" Warn, "the medium answers the questions of Setup", "介质自带应答文件",
        "An answer file on the medium is taken by Setup without asking: it can choose the image, partition disks, create accounts and run commands. It is not part of the image, and no approval covers it. Passwords and keys in it are not read. Compare it with the one you know, or remove it.",
        "安装程序会直接采用介质上的应答文件：它可以选择镜像、分区、创建帐户并运行命令。它不属于镜像，任何批准都不涵盖它。其中的密码和密钥不会被读取。请与已知的应答文件比较，或将其删除。";
    OEM_FOLDER = "WP2039" Warn, "the medium adds files to the installed system", "介质会向已安装系统添加文件",
        "Setup copies what lies in the folder $OEM$ into the installed system, and runs SetupComplete.cmd from there with the rights of the system. It is not part of the image, and no approval covers it.",
        "安装程序会把 $OEM$ 文件夹中的内容复制到已安装的系统，并以系统权限运行其中的 SetupComplete.cmd。它不属于镜像，任何批准都不涵盖它。";
    EDITION_FILE = "WP2040" Info, "the medium says which edition Setup installs", "介质指定了安装的版本",
        "The file ei.cfg chooses edition and channel for Setup, so that it does not ask.",
        "文件 ei.cfg 为安装程序指定版本和渠道，安装时不再询问。";
    MEDIUM_KEY = "WP2041" Info, "the medium brings a product key", "介质自带产品密钥",
        "The file pid.txt gives Setup a product key. It is not read.",
        "文件 pid.txt 向安装程序提供产品密钥。其内容不会被读取。";
    SETUP_BOOT = "WP2042" Warn, "boot image of Setup is not approved", "安装程序的启动镜像未获批准",
        "The medium was checked as a whole. Its boot.wim, which runs Setup and stays on no PC, is in no approval; that is so on most media, and the answer does not count it. Whoever changes it can change what Setup installs: to have it judged like the others, approve it, or name it alone (MEDIUM!/sources/boot.wim). One that claims to be an approved image, or was revoked, counts always.",
        "介质作为整体检查。其 boot.wim 仅用于运行安装程序，不会留在电脑上，且没有任何批准；大多数介质都是如此，因此结论不计入它。但改动它的人可以改变所安装的内容：若要与其他镜像同样判断，请批准它，或单独指定它（介质!/sources/boot.wim）。冒充已批准镜像或已被撤销的总是计入。";
}
