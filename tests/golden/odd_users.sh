#!/bin/bash
# odd_users - profiles that lie where an account does not say, that two accounts
# have, that an upgrade has put aside, that are damaged: each hive is one user,
# and nothing of it is lost without a word

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! guest=$(real libguestfs__libguestfs/tests/guests/guest-aux); then
	skip "odd users" "../shared/data is not here"
	finish
fi
system=$guest/windows-system
points='Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
list='Microsoft\Windows NT\CurrentVersion\ProfileList'
more=()

# hive NAME: a hive of a user who has met one share, called as he is.
hive() {
	printf 'key "%s\\##server#%s"\n' "$points" "$1" |
		"$SAMPLE_BIN/hivebuild" "$scratch/$1"
}

# profile PATH: the user's hive goes there; the user is called as its directory.
profile() {
	local name=${1%/*}

	name=${name##*/}
	hive "$name"
	more+=("$1=$scratch/$name")
}

# account SID PATH: lines for the script of a SOFTWARE hive.
account() {
	printf 'key "%s\\S-1-5-21-%s"\nsz ProfileImagePath "%s"\n' "$list" "$1" \
		"$2"
}

# software FILE < SCRIPT
software() {
	{
		printf 'key "Microsoft\\Windows NT\\CurrentVersion"\n'
		printf 'sz SystemRoot C:\\Windows\n'
		cat
	} | "$SAMPLE_BIN/hivebuild" "$1"
}

# Two accounts have one profile, and spell it in two ways.
accounts() {
	account 1 'C:\Users\ann'
	account 2 'c:\users\\ANN'
	# before Vista; there is a junction for it
	account 3 'C:\Documents and Settings\ben'
	# Windows could not load the profile, and has given another
	account 4.bak 'C:\Users\cid'
	account 4 'C:\Users\TEMP'
	# somebody has renamed the directory
	account 5 'C:\Users\dora'
	# a junction to itself
	account 6 'C:\Users\eve'
	account 7 '\\server\profiles\fay'
	printf 'key "%s\\S-1-5-21-8"\ndword State 0\n' "$list"
	printf 'key "%s\\S-1-5-19"\nsz ProfileImagePath "%s"\n' "$list" \
		'%systemroot%\ServiceProfiles\LocalService'
	account 9 'C:\Users\kim'
	# moved to a mounted folder's volume, by a link
	account 10 'C:\Users\lea'
	# of a type that is no text
	printf 'key "%s\\S-1-5-21-11"\nhex ProfileImagePath %s\n' "$list" \
		"$(printf %s 'C:\Users\max' | iconv -t UTF-16LE | od -An -v -tx1 |
			tr -d ' \n')"
	account 12 '%USERDRIVE%\Users\ned'
	printf 'key "%s"\nsz ProfilesDirectory %%SystemDrive%%\\Konten\n' "$list"
}

accounts | software "$scratch/software"
more+=("Windows/System32/config/SOFTWARE=$scratch/software")
profile Users/ann/NTUSER.DAT
profile Users/ben/ntuser.dat
profile Users/cid/NTUSER.DAT
profile Users/TEMP/NTUSER.DAT
profile Users/dora.PC/NTUSER.DAT
profile Konten/gus/NTUSER.DAT
profile Users/hal/NTUSER.DAT
profile Users/hal/NtUser.Man
profile Users/kim/NTUSER.DAT
profile Users/max/NTUSER.DAT
profile Windows/ServiceProfiles/LocalService/NTUSER.DAT
profile Moved/lea/NTUSER.DAT
hive DEFAULT
more+=("Windows/System32/config/DEFAULT=$scratch/DEFAULT")
more+=('+junction "/Documents and Settings" \??\C:\Users')
more+=('+junction /Users/eve \??\C:\Users\eve')
more+=('+symlinkd /Users/lea \??\C:\Moved\lea')
# what an upgrade has put aside, with a user of the same name
account 9 'C:\Users\kim' | software "$scratch/old.software"
more+=("Windows.old/WINDOWS/System32/config/SYSTEM=$system")
more+=("Windows.old/WINDOWS/System32/config/SOFTWARE=$scratch/old.software")
profile Windows.old/Users/kim/NTUSER.DAT
# what is no hive
: > "$scratch/empty"
head -c 9000 /dev/zero | tr '\0' x > "$scratch/garbage"
more+=("Users/ira/NTUSER.DAT=$scratch/empty")
more+=("Users/jon/NTUSER.DAT=$scratch/garbage")
# no profile at all
more+=("Users/Public/desktop.ini=$scratch/garbage")

disks=$scratch/disks
mkdir "$disks"
if ! tests/golden/compose.py "$system" "$disks" Windows/System32/config/SYSTEM \
		both "${more[@]}" > "$scratch/log" 2>&1; then
	fail "the machine is composed" "$(cat "$scratch/log")"
	finish
fi
report=$disks/report
status=0
"$COLDMOUNT" -q --json "$disks"/disk*.raw > "$report" || status=$?
is "exit status: two hives are none" "$status" 4
ok "the report satisfies the schema" tests/golden/validate.py "$report"
is "the users, their accounts and their hives" "$(tests/golden/query.py \
	"$report" '"\n".join(" ".join([u["installation"], u["name"] or "-",
		"+".join(a["sid"].removeprefix("S-1-5-21-")
			for a in u["accounts"]) or "-",
		(u["hive"] or {"path": "-"})["path"].replace(" ", "_")])
		for u in d["users"])')" \
'windows0 gus - \Konten\gus\NTUSER.DAT
windows0 lea 10 \Moved\lea\NTUSER.DAT
windows0 TEMP 4 \Users\TEMP\NTUSER.DAT
windows0 ann 1+2 \Users\ann\NTUSER.DAT
windows0 ben 3 \Users\ben\ntuser.dat
windows0 cid 4.bak \Users\cid\NTUSER.DAT
windows0 dora.PC - \Users\dora.PC\NTUSER.DAT
windows0 hal - \Users\hal\NTUSER.DAT
windows0 hal - \Users\hal\NtUser.Man
windows0 ira - -
windows0 jon - -
windows0 kim 9 \Users\kim\NTUSER.DAT
windows0 max 11 \Users\max\NTUSER.DAT
windows0 kim 9 \Windows.old\Users\kim\NTUSER.DAT
windows0 LocalService S-1-5-19 \Windows\ServiceProfiles\LocalService\NTUSER.DAT
windows0 DEFAULT - \Windows\System32\config\DEFAULT
windows0 - 8 -
windows0 dora 5 -
windows0 eve 6 -
windows0 fay 7 -
windows0 ned 12 -'
is "who was before the upgrade" "$(tests/golden/query.py "$report" \
	'[u["profile"] for u in d["users"] if u["former"]]')" \
	'["\\Windows.old\\Users\\kim"]'
is "each user has met the share that his own hive names" \
	"$(tests/golden/query.py "$report" '[(u["name"], v["share"])
		for v in d["userVolumes"] for u in d["users"]
		if u["id"] == v["user"]
		and v["share"] != "\\\\server\\" + u["name"]]')" '[]'
is "and there are as many" "$(tests/golden/query.py "$report" \
	'(len(d["userVolumes"]), sum(u["hive"] is not None for u in d["users"]))')" \
	'[14, 14]'
is "what is said of them" "$(tests/golden/query.py "$report" \
	'" ".join(f["code"] for f in d["findings"] if f["code"] == "CM0610"
		or f["code"] > "CM0669" and f["code"] < "CM0680")')" \
	"CM0610 CM0610 CM0670 CM0672 CM0672 CM0672 CM0672 CM0672 CM0673"
is "a variable that nobody knows is no proof that he is not here" \
	"$(tests/golden/query.py "$report" '[f["message"].split("ned, ")[1]
		for f in d["findings"] if "ned" in f["message"]]')" \
	'["is not found: what its variable stood for is not known."]'
finish
