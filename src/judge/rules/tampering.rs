//! What modified images show, and what differs from a reference: `WP3200` to `WP3249`.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    SHELL_AT_LOGON = "WP3200" Deny, "program of the logon screen replaced by a shell", "登录界面程序被替换为命令行等工具",
        "A program that anyone can start on the logon screen, such as utilman.exe, has the content of a command line or another tool. Whoever stands before the PC rules it without a password. Needs the depth metadata.",
        "任何人都能在登录界面启动的程序（如 utilman.exe）被换成了命令行或其他工具，站在电脑前的人无需密码即可控制它。需要 metadata 深度。";
    KNOWN_BAD = "WP3201" Deny, "file known from malware", "已知的恶意文件",
        "A file of the image has a hash that was published for malware that spreads in images. Needs the depth metadata.",
        "镜像中有文件的哈希与已公布的镜像传播恶意软件相同。需要 metadata 深度。";
    IMAGE_SETUP_SCRIPT = "WP3202" Warn, "script that runs at the end of setup", "安装结束时运行的脚本",
        "Setup runs this script with all rights. Makers of images use it, and so do those who modify them. Read it; if it is yours, allow it by its digest (--allow). Needs the depth metadata.",
        "安装程序会以最高权限运行该脚本。镜像制作者会使用它，修改镜像者也会。请查看内容；若属本单位，可按摘要允许（--allow）。需要 metadata 深度。";
    IMAGE_ANSWER_FILE = "WP3203" Warn, "answer file in the image", "镜像中有应答文件",
        "Setup obeys this file. If it is yours, allow it by its digest (--allow). Needs the depth metadata.",
        "安装程序会遵从该文件。若属本单位，可按摘要允许（--allow）。需要 metadata 深度。";
    STORED_PASSWORD = "WP3204" Warn, "password in the image", "镜像中存有密码",
        "An answer file or the registry holds a password, which anyone who has the image can read. It is not shown here. Needs the depth manifests.",
        "应答文件或注册表中存有密码，得到镜像的任何人都能读取。此处不予显示。需要 manifests 深度。";
    ANSWER_COMMAND = "WP3205" Info, "command in an answer file", "应答文件中的命令",
        "Setup runs this command. Needs the depth manifests.",
        "安装程序会运行该命令。需要 manifests 深度。";
    HOSTS_LINE = "WP3206" Warn, "names redirected by the hosts file", "hosts 文件重定向了名称",
        "The hosts file of the image sends a name to an address. Windows comes with none. If the file is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "镜像的 hosts 文件把某个名称指向某个地址，原版 Windows 中没有。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    ACTIVATION_HOOK = "WP3207" Deny, "part of a tool that goes around activation", "绕过激活的工具",
        "A file, task or setting of a tool that makes Windows or Office take itself for activated. Such tools come with modified images, often with more than they say. Needs the depth metadata for files, manifests for settings.",
        "发现使 Windows 或 Office 误认为已激活的工具的文件、任务或设置。此类工具常见于修改版镜像，往往另有夹带。文件需要 metadata 深度，设置需要 manifests 深度。";
    ACTIVATION_SERVER = "WP3208" Info, "server for activation is set", "已设置激活服务器",
        "The image names a key management server. See whether it is yours. Needs the depth manifests.",
        "镜像指定了密钥管理服务器，请核对是否属于本单位。需要 manifests 深度。";
    DEBUGGER_AT_LOGON = "WP3209" Deny, "debugger for a program of the logon screen", "登录界面程序被设置调试器",
        "A program is set as debugger of one that anyone can start on the logon screen, and is started in its place. Needs the depth manifests.",
        "某程序被设为登录界面程序的调试器，会代替后者启动。需要 manifests 深度。";
    DEBUGGER = "WP3210" Warn, "debugger for a program", "程序被设置调试器",
        "A program is set as debugger of another and is started in its place, or a library is loaded into it. Security programs are turned off like this. If it is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "某程序被设为另一程序的调试器并代替其启动，或有库被载入其中。安全软件常被这样关闭。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    HIDDEN_TASK = "WP3211" Deny, "hidden scheduled task", "隐藏的计划任务",
        "The task runs, but no tool of Windows shows it: its key has no security descriptor, or its index is 0. Malware hides like this. Needs the depth manifests.",
        "该任务会运行，但 Windows 的任何工具都不显示它：其注册表项没有安全描述符，或索引为 0。恶意软件会这样隐藏。需要 manifests 深度。";
    TASK_ACTION = "WP3212" Warn, "scheduled task that fetches or hides what it runs", "计划任务下载或隐藏其运行内容",
        "The action of a task loads code from a network, decodes it, or hides its window. If it is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "任务的操作会从网络加载代码、解码代码或隐藏窗口。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    DEFENDER_OFF = "WP3213" Warn, "Windows Defender is off", "Windows Defender 已关闭",
        "A service or policy of Windows Defender is off. Where another virus scanner is used this is meant. Needs the depth manifests.",
        "Windows Defender 的服务或策略处于关闭状态。使用其他杀毒软件时属正常。需要 manifests 深度。";
    UPDATE_OFF = "WP3214" Warn, "service of updates is off", "更新服务已关闭",
        "A service that Windows needs for updates is disabled: PCs with this image take no updates. Needs the depth manifests.",
        "Windows 更新所需的服务被禁用：使用该镜像的电脑无法更新。需要 manifests 深度。";
    UPDATE_SERVER = "WP3215" Info, "updates are directed elsewhere", "更新来源被重新指定",
        "The image says where updates come from, or that none are taken by themselves. See whether it is your setting. Needs the depth manifests.",
        "镜像指定了更新来源，或不自动更新。请核对是否为本单位设置。需要 manifests 深度。";
    ROOT_CERTIFICATE = "WP3216" Warn, "root certificate that Windows does not bring along", "非 Windows 自带的根证书",
        "Whoever has the key of this certificate can pose as any web site and sign programs. If it is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "持有该证书密钥者可以冒充任何网站并签署程序。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    RUN_ENTRY = "WP3217" Info, "program that runs at logon", "登录时运行的程序",
        "A program that Windows does not bring along starts when somebody logs on. Needs the depth manifests.",
        "有非 Windows 自带的程序在用户登录时启动。需要 manifests 深度。";
    LOGON_PROGRAM = "WP3218" Warn, "another shell or logon program", "外壳或登录程序被更换",
        "Another program than that of Windows starts as shell or at logon. If it is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "作为外壳或在登录时启动的程序不是 Windows 自带的。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    INJECTED_LIBRARY = "WP3219" Warn, "library loaded into every program", "库被载入每个程序",
        "AppInit_DLLs names a library that is loaded into every program with windows. If it is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "AppInit_DLLs 指定的库会被载入每个窗口程序。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    HARDWARE_BYPASS = "WP3220" Warn, "checks of setup are bypassed", "绕过了安装检查",
        "The image tells setup to pass over its checks of the hardware or of the network. Modified images do. Needs the depth manifests.",
        "镜像要求安装程序跳过对硬件或网络的检查，修改版镜像常如此。需要 manifests 深度。";
    PROTECTION_OFF = "WP3221" Warn, "protection is off", "保护已关闭",
        "A protection that Windows comes with is off, or an unsafe protocol is on. Needs the depth manifests.",
        "Windows 自带的某项保护被关闭，或启用了不安全的协议。需要 manifests 深度。";
    PROGRAM_ELSEWHERE = "WP3222" Warn, "program of Windows in a foreign place", "系统程序名出现在异常位置",
        "A program below the folder of Windows has the name of one in System32, lies where Windows keeps none, and has another content. Malware takes such names to be passed over in a list of processes. If it is yours, allow it by its digest (--allow). Needs the depth metadata.",
        "Windows 文件夹下有程序与 System32 中的程序同名，但所在位置并非系统存放之处，且内容不同。恶意软件常用此类名称以避免在进程列表中引起注意。若属本单位，可按摘要允许（--allow）。需要 metadata 深度。";
    PROXY = "WP3223" Warn, "proxy is set", "已设置代理",
        "The image sends web traffic through a proxy, or lets a file say which. Whoever runs it sees and changes what passes. If it is yours, allow it by its digest (--allow). Needs the depth manifests.",
        "镜像让网络访问经由代理，或由某个文件指定代理；代理的控制者可以查看和更改流量。若属本单位，可按摘要允许（--allow）。需要 manifests 深度。";
    PROGRAM_REPLACED = "WP3230" Deny, "program differs from the reference", "程序与参考镜像不同",
        "A program or script has another content than in the reference. It denies where the image has the name of the reference and its build or creation time, and so claims to be it, and warns where the build is the same and the name is not. Needs the depth metadata.",
        "某程序或脚本的内容与参考镜像不同。若镜像的名称以及内部版本或创建时间与参考镜像相同（即声称就是它），则拒绝；若仅内部版本相同，则警告。需要 metadata 深度。";
    PROGRAM_ADDED = "WP3231" Deny, "program that the reference lacks", "参考镜像中没有的程序",
        "A program or script is not in the reference. It denies where the image has the name of the reference and its build or creation time, and warns where the build is the same and the name is not. Needs the depth metadata.",
        "某程序或脚本不在参考镜像中。若镜像的名称以及内部版本或创建时间与参考镜像相同，则拒绝；若仅内部版本相同，则警告。需要 metadata 深度。";
    PROGRAM_REMOVED = "WP3232" Warn, "program of the reference is absent", "缺少参考镜像中的程序",
        "A program or script of the reference is not in the image. Needs the depth metadata.",
        "参考镜像中的某程序或脚本不在该镜像中。需要 metadata 深度。";
    SETTING_DIFFERS = "WP3233" Deny, "registry differs from the reference", "注册表与参考镜像不同",
        "A value of a registry hive differs from the reference. It denies where the image has the name of the reference and its build or creation time and nothing but hives differs, and warns otherwise. Secrets are not shown. Needs the depth metadata.",
        "注册表中的某个值与参考镜像不同。若镜像的名称以及内部版本或创建时间与参考镜像相同，且只有注册表不同，则拒绝；否则警告。机密不予显示。需要 metadata 深度。";
    ONLY_HIVES = "WP3234" Deny, "nothing but the registry differs from the reference", "与参考镜像相比只有注册表不同",
        "All files are those of the reference but the registry hives. An image that is serviced or updated changes more than that; one that is tampered with need not. Needs the depth metadata.",
        "除注册表文件外，所有文件均与参考镜像相同。维护或更新镜像会改变更多内容，而篡改则未必。需要 metadata 深度。";
    COMPONENTS_PRUNED = "WP3235" Warn, "components taken out of the store", "组件被从组件存储中移除",
        "Components that packages of the image bring, or that a reference of the same build and edition has, are not in the component store in any version. Tools that make Windows smaller take them out. Updates that build on them fail on every PC deployed from the image, with 0x800f0982, 0x800f0984 or 0x800f0831, and nothing short of another image repairs it. The finding says whether a package or a reference was asked; how many of an untouched image packages lack is not known. Packages need the depth manifests, references the depth metadata.",
        "镜像中的程序包带来的组件，或内部版本与版本类型相同的参考镜像所具有的组件，在组件存储中没有任何版本。精简工具会移除它们。由该镜像部署的每台电脑在安装依赖这些组件的更新时都会失败（0x800f0982、0x800f0984 或 0x800f0831），只有更换镜像才能修复。结果会说明依据的是程序包还是参考镜像；未经改动的镜像中程序包缺少多少组件尚不清楚。程序包需要 manifests 深度，参考镜像需要 metadata 深度。";
    DRIVER_UNSIGNED = "WP3236" Warn, "driver package that nobody known signed", "驱动程序包未由可信方签名",
        "A driver package in the driver store has no catalog and is none of Windows, or its catalog was changed, signed by itself, or by somebody whose chain does not end at a pinned certificate. A driver runs with all rights. Drivers of makers that are signed by their own certificates alone are told too: add the certificate with --roots, or allow the package by the digest given (--allow). A catalog whose signature is not checked, for example with SHA-1, and the number of drivers that were added are told for information. Needs the depth manifests.",
        "驱动程序存储中的驱动程序包没有编录且并非 Windows 自带，或其编录已被更改、为自签名、或证书链未终止于固定的证书。驱动程序以最高权限运行。仅以厂商自有证书签名的驱动程序也会被指出：可用 --roots 添加其证书，或按所示摘要允许该程序包（--allow）。签名方式未作检查（如 SHA-1）的编录以及已添加驱动程序的数量仅作提示。需要 manifests 深度。";
    UNACCOUNTED = "WP3237" Info, "files that nothing explains", "来源不明的文件",
        "Files below the folder of Windows that no manifest lists, no driver package brings, and Windows does not write itself: what was added to the image, as one number of how custom it is. The first 1,000 are named in the JSON form. An untouched image has some too; compare the number with that of an image that is known. Needs the depth manifests.",
        "Windows 文件夹下既无清单列出、也非驱动程序包带来、亦非 Windows 自行写入的文件，即添加到镜像中的内容，用一个数字体现镜像的定制程度。JSON 形式中列出前 1,000 个。未经改动的镜像也会有一些，请与已知镜像的数字比较。需要 manifests 深度。";
    UNUSED_ALLOWANCE = "WP3240" Info, "allowed, and not there", "允许项未出现",
        "The list given with --allow has an entry of which this image made no use. Remove it when no image does.",
        "--allow 列表中有一项未被该镜像用到。若所有镜像都不再需要，请将其删除。";
}
