/** Words that, behind a program that hands its words on, are the program which it runs. */

export const SHELLS: ReadonlySet<string> = new Set(
  "sh bash dash ash zsh ksh mksh rbash yash fish csh tcsh nu elvish xonsh".split(" "),
);

/** Deleters, wrappers, and what changes the machine or others' systems. */
const COMMANDS: ReadonlySet<string> = new Set(
  `rm rmdir unlink rimraf del-cli trash-put shred srm mv cp gcp ln truncate tee sponge dd mkfifo mknod chmod chown chgrp chattr setfacl
  nice ionice nohup stdbuf setsid taskset chrt numactl unshare unbuffer firejail prlimit catchsegv eatmydata fakeroot proxychains
  proxychains4 torsocks dbus-run-session xvfb-run systemd-inhibit faketime tini dumb-init daemonize rlwrap caffeinate gtimeout timeout
  strace ltrace valgrind gdbserver chronic ifne softlimit cpulimit busybox toybox dotenvx start-stop-daemon aws-vault entr watchexec
  nodemon doas pkexec run0 gosu su-exec runuser setpriv capsh chroot sudo su xargs parallel flock systemd-run hyperfine concurrently
  mkfs mkfs.ext4 mkfs.ext3 mkfs.ext2 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mke2fs mkswap wipefs blkdiscard sgdisk sfdisk
  cfdisk parted gdisk fdisk badblocks reboot poweroff telinit kexec lvremove vgremove pvremove zpool mdadm cryptsetup hdparm nvme
  setenforce ufw insmod modprobe rmmod visudo useradd adduser usermod userdel groupadd groupmod gpasswd chpasswd chsh setcap nft
  iptables ip6tables firewall-cmd update-rc.d crontab nsenter losetup swapoff sysctl
  pkill killall kill killall5 xkill fuser systemctl launchctl psql mysql mariadb mongosh redis-cli dropdb sqlite3
  git curl wget ssh scp rsync nc ncat socat docker podman kubectl helm terraform tofu npm pnpm yarn python python3 perl node deno bun ruby php
  conductor agent-conductor`.split(/\s+/),
);

export function mayBeCommand(name: string): boolean {
  return COMMANDS.has(name) || SHELLS.has(name);
}
