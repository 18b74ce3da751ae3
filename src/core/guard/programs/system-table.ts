/** Programs of services, disks, users and kernels, by name and as tables of their verbs. */
import type { Deed } from "../facts.ts";
import type { VerbTool } from "./verbs.ts";

/** Whatever their words. */
export const ALWAYS: readonly (readonly [Deed, string])[] = [
  [
    "disk-destroy",
    "mkfs mkfs.ext4 mkfs.ext3 mkfs.ext2 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mke2fs mkswap wipefs blkdiscard sgdisk sfdisk cfdisk parted gdisk partprobe badblocks shutdown_ reboot poweroff halt init telinit kexec zpool_ lvremove vgremove pvremove lvreduce mdadm_ cryptsetup_ dmsetup_ nvme_ hdparm_ flashrom fwupdmgr_ diskutil_ format dban nwipe",
  ],
  [
    "persistence",
    "setenforce ufw_ insmod modprobe rmmod depmod visudo vipw vigr useradd adduser usermod userdel deluser groupadd groupdel groupmod gpasswd passwd chpasswd chsh chfn setcap setuid nft iptables ip6tables ebtables firewall-cmd_ aa-disable aa-complain auditctl mokutil efibootmgr grub-install update-grub grub-mkconfig update-initramfs dracut launchctl_ defaults_ csrutil spctl tccutil dscl nvram scutil systemsetup pwd_mkdb chkconfig update-rc.d crontab_ anacron incron incrontab nsenter pam-auth-update authconfig",
  ],
  [
    "privilege",
    "mount umount swapon swapoff losetup sysctl_ timedatectl_ hostnamectl_ localectl_ loginctl_ hwclock tc setterm chvt ldconfig chsh_ newgrp sg capsh unshare_ machinectl",
  ],
  ["process-kill", "pkill killall killall5 xkill skill snice fuser_ slay"],
];

export const TOOLS: Readonly<Record<string, VerbTool>> = {
  shutdown: { reads: /^--help$/, dry: ["-c", "--show"], deed: "disk-destroy" },
  systemctl: {
    valued: ["-t", "--type", "--state", "-n", "-H", "-M", "-p", "--property", "-o"],
    reads: /^(status|list-\S+|show|cat|is-\S+|get-default|help|show-environment)( |$)|^$/,
    others: [
      [/^(stop|kill|restart|try-restart|reload|isolate)( |$)/, "process-kill"],
      [/^(poweroff|reboot|halt|rescue|emergency|suspend|hibernate|kexec)/, "disk-destroy"],
      [
        /^(enable|link|edit|set-default|preset|unmask|import-environment|set-environment|set-property)/,
        "persistence",
      ],
    ],
    deed: "process-kill",
  },
  service: {
    reads: /(^| )(status|--status-all)$|^--status-all/,
    dry: ["--status-all"],
    deed: "process-kill",
  },
  "rc-service": { reads: /status$/, deed: "process-kill" },
  initctl: { reads: /^(list|status)/, deed: "process-kill" },
  supervisorctl: { reads: /^(status|tail|avail|pid|version)/, deed: "process-kill" },
  launchctl: { reads: /^(list|print|blame|version)/, deed: "process-kill" },
  journalctl: {
    dry: [],
    reads: /^.*$/,
    deed: "read",
    also: (call, read) => {
      if (read.has("--vacuum-time", "--vacuum-size", "--rotate", "--flush"))
        call.report("infra-change", "deletes logs");
    },
  },
  crontab: { dry: ["-l"], deed: "persistence" },
  ufw: { reads: /^(status|show|app list|version)/, deed: "persistence" },
  "firewall-cmd": {
    dry: ["--state", "--list-all", "--list-ports", "--list-services", "--get-default-zone"],
    deed: "persistence",
  },
  sysctl: { dry: ["-a", "-n", "--all"], deed: "persistence" },
  timedatectl: { reads: /^(status|show|list-timezones|timesync-status)?$/, deed: "privilege" },
  hostnamectl: { reads: /^(status|hostname)?$/, deed: "privilege" },
  localectl: { reads: /^(status|list-\S+)?$/, deed: "privilege" },
  loginctl: {
    reads: /^(list-\S+|show-\S+|user-status|session-status|seat-status)?( |$)/,
    deed: "process-kill",
  },
  fdisk: { dry: ["-l", "--list", "-s"], deed: "disk-destroy" },
  hdparm: { dry: ["-I", "-i", "-t", "-T", "-C"], deed: "disk-destroy" },
  zpool: { reads: /^(list|status|iostat|get|history)/, deed: "disk-destroy" },
  zfs: {
    reads: /^(list|get|diff|holds)/,
    others: [[/^(snapshot|send|create|mount|set)/, "privilege"]],
    deed: "disk-destroy",
  },
  btrfs: {
    reads: /^(filesystem (df|usage|show)|subvolume (list|show)|device stats|scrub status)/,
    deed: "disk-destroy",
  },
  mdadm: { dry: ["--detail", "-D", "--query", "-Q", "--examine"], deed: "disk-destroy" },
  cryptsetup: { reads: /^(status|luksDump|isLuks)/, deed: "disk-destroy" },
  dmsetup: { reads: /^(ls|info|status|table|deps)/, deed: "disk-destroy" },
  nvme: { reads: /^(list|smart-log|id-ctrl|id-ns|error-log)/, deed: "disk-destroy" },
  smartctl: { deed: "read" },
  diskutil: { reads: /^(list|info|activity|apfs list)/, deed: "disk-destroy" },
  fwupdmgr: { reads: /^(get-\S+|security)/, deed: "disk-destroy" },
  defaults: { reads: /^(read|find|domains|export)/, deed: "write-startup" },
  tmutil: { reads: /^(status|list\S*|latestbackup|destinationinfo)/, deed: "infra-change" },
  fuser: {
    deed: "read",
    also: (call, read) => {
      if (read.has("-k", "--kill")) call.report("process-kill", "ends processes");
    },
  },
  logger: { deed: "write" },
  "npm-check": { deed: "build" },
  open: { deed: "run-unresolved" },
  "xdg-open": { deed: "run-unresolved" },
  renice: { deed: "process-kill" },
  gsettings: { reads: /^(get|list-\S+|describe|range|monitor)/, deed: "write-startup" },
  dconf: { reads: /^(read|list|dump|watch)/, deed: "write-startup" },
  xset: { deed: "write-startup" },
  virsh: {
    reads: /^(list|dominfo|domstate|net-list|pool-list|vol-list|dumpxml)/,
    deed: "infra-change",
  },
  VBoxManage: { reads: /^(list|showvminfo)/, deed: "infra-change" },
  qemu: { deed: "build" },
  "qemu-img": { reads: /^(info|check|compare)/, deed: "write" },
};
