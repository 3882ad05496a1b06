# shellcheck shell=sh disable=SC2034,SC2154 # variables of who includes it
# SPDX-License-Identifier: MIT
#
# users.sh - the users of the sample machine: their profiles, their accounts in
# SOFTWARE, and the hives in which Explorer has noted the volumes that they met.
#
#   Ada Lovelace   S-1-5-21-...-1001, C:\Users\Ada Lovelace; most of what there is
#   Grace          S-1-5-21-...-1002, on D:, behind a junction on C:
#   Edgar          no account, a hidden directory, NTUSER.MAN
#   Gone           S-1-5-21-...-1003, and no profile
#
# With DIRTY_HIVE=1 Ada was logged on when the machine stopped: a volume is only
# in her logs, and another is taken away by them.

explorer='Software\Microsoft\Windows\CurrentVersion\Explorer'
sid=S-1-5-21-1004336348-1177238915-682003330

# The user whose hive is written, and whether what follows is there before the
# logs are replayed, after it, or both times.
user=
user_present=both

# trace PLACE KEY KIND TIME VOLUME TIER CERTAINTY FIELD=VALUE...: a key below
# Explorer, written at TIME, and what a report must say of it.
trace() {
	tr_place=$1 tr_key=$2 tr_kind=$3 tr_time=$4 tr_volume=$5 tr_tier=$6
	tr_certainty=$7
	shift 7
	printf 'time %s\nkey "%s\\%s\\%s"\n' "$tr_time" "$explorer" \
		"$tr_place" "$tr_key"
	expect userVolume "$user:$tr_place\\$tr_key" "kind=$tr_kind" \
		"present=$user_present" \
		"lastWritten=${tr_time%Z}.0000000Z" "volume=$tr_volume" \
		"tier=$tr_tier" "certainty=$tr_certainty" "$@"
}

# met GUID TIME VOLUME TIER CERTAINTY FIELD=VALUE...: in MountPoints2.
met() {
	me=$1
	shift
	trace MountPoints2 "{$me}" volume "$@" "guid=$me"
}

# user_hive NAME TAIL-OF-PATH: how a hive of a user begins.
user_hive() {
	user=$1
	cat <<-END
	name "$2"
	time 2021-03-04T05:06:07Z
	END
}

ada_hive() {
	user_hive 'Ada Lovelace' 'sers\Ada Lovelace\ntuser.dat'
	met "$data_guid" 2024-01-02T03:04:05Z "$data" gpt-guid confirmed \
		guidTime=-
	met "$archive_guid" 2024-01-03T03:04:05Z "$archive" mbr-stable single
	met "$v1_reserved" 2024-01-04T03:04:05Z "$reserved" registry single
	met "$v1_conflict" 2024-01-05T03:04:05Z "$work_volume" registry conflicting
	met "$v1_unknown" 2024-01-06T03:04:05Z - - not-in-evidence
	met "$v1_usb" 2024-01-07T03:04:05Z - registry not-in-evidence \
		autoPlay=true 'autorunCommand="E:\setup.exe" \u002fs' \
		mediaLabel=TOOLS
	cat <<-END
	key "$explorer\MountPoints2\{$v1_usb}\shell\AutoRun\command"
	sz "" "\u0022E:\setup.exe\u0022 \u002fs"
	key "$explorer\MountPoints2\{$v1_usb}\_Autorun\DefaultLabel"
	sz "" TOOLS
	END
	trace MountPoints2 '##fileserver#team' share 2024-01-08T03:04:05Z - - - \
		'share=\\fileserver\team' label=Team
	echo 'sz _LabelFromReg Team'
	# a name that attacks a report
	trace MountPoints2 "<script>=1+1|'\\u001b[31m" other \
		2024-01-09T03:04:05Z - - - share=- |
		sed "s/[\\]u001b/$(printf '\033')/"
	trace MountPoints2 D letter 2024-01-10T03:04:05Z "$work_volume" \
		registry inferred letter=D
	# what the registry says of a letter that leads nowhere
	trace MountPoints2 H letter 2024-01-10T04:04:05Z - registry stale \
		letter=H
	# a letter that this user has mapped to a share is no volume
	trace MountPoints2 Z letter 2024-01-11T03:04:05Z - - - letter=Z
	trace 'MountPoints2\CPC\Volume' "{$work_guid}" volume \
		2024-01-12T03:04:05Z "$work_volume" registry confirmed
	trace 'BitBucket\Volume' "{$media_guid}" recycle-bin \
		2024-01-13T03:04:05Z "$media" gpt-guid single
	printf 'dword MaxCapacity 409\ndword NukeOnDelete 0\n'
	cat <<-END
	time 2024-01-14T03:04:05Z
	key "$explorer\MountPoints2\CPC\LocalMOF"
	hex "C:\Mount\Data\\"
	time 2024-01-15T03:04:05Z
	key Network\z
	sz RemotePath \\\\fileserver\home
	END
	expect userVolume "$user:MountPoints2\\CPC\\LocalMOF\\C:\\Mount\\Data\\" \
		kind=folder lastWritten=2024-01-14T03:04:05.0000000Z \
		"volume=$data" tier=gpt-guid certainty=inferred
	expect userVolume "$user:Network\\z" kind=share letter=Z \
		lastWritten=2024-01-15T03:04:05.0000000Z \
		'share=\\fileserver\home' volume=- tier=- certainty=-
}

# What comes and goes in Ada's logs.
make_dirty_ada() {
	user_present=before-replay
	trace MountPoints2 "{$media_guid}" volume 2024-02-01T00:00:00Z "$media" \
		gpt-guid single > "$work/ada.gone"
	user_present=after-replay
	met "$work_guid" 2024-02-02T00:00:00Z "$work_volume" registry confirmed \
		> "$work/ada.come"
	user_present=both
	echo sequence 109 108 > "$work/ada.sequence"
	state ada0 "$work/ada" "$work/ada.gone" "$work/ada.sequence"
	more_keys > "$work/ada.more"
	state ada1 "$work/ada" "$work/ada.gone" "$work/ada.more" \
		"$work/ada.sequence"
	state ada2 "$work/ada" "$work/ada.more" "$work/ada.sequence"
	state ada3 "$work/ada" "$work/ada.come" "$work/ada.more" \
		"$work/ada.sequence"
	cp "$work/stateada0" "$dir/NTUSER.DAT"
	"$bin/hivelog" "$dir/NTUSER.DAT.LOG1" "$dir/NTUSER.DAT.LOG2" 109 \
		"$work/stateada0" "$work/stateada1" "$work/stateada2" \
		"$work/stateada3"
	# in the letter case that Windows uses
	for log in LOG1 LOG2; do
		script "$c" "copy \"/Users/Ada Lovelace/ntuser.dat.$log\"" \
			"\"$dir/NTUSER.DAT.$log\""
	done
}

make_ada() {
	ada_hive > "$work/ada"
	if [ "${DIRTY_HIVE:-0}" = 1 ]; then
		make_dirty_ada
	else
		{
			cat "$work/ada"
			echo sequence 108 108
		} | "$bin/hivebuild" "$dir/NTUSER.DAT"
	fi
	script "$c" "copy \"/Users/Ada Lovelace/NTUSER.DAT\" \"$dir/NTUSER.DAT\""
	expect user user0 installation=windows0 'name=Ada Lovelace' \
		"sid=$sid-1001" "volume=$c" 'profile=\Users\Ada Lovelace'
}

make_others() {
	{
		user_hive Edgar 'sers\Edgar\ntuser.man'
		met "$data_guid" 2024-03-01T00:00:00Z "$data" gpt-guid confirmed
	} | "$bin/hivebuild" "$work/edgar"
	script "$c" "copy /Users/Edgar/NTUSER.MAN \"$work/edgar\""
	script "$c" 'attrib /Users/Edgar 0x2'
	expect user user1 installation=windows0 name=Edgar sid=- "volume=$c" \
		'profile=\Users\Edgar'
	{
		user_hive Grace 'rofiles\Grace\ntuser.dat'
		met "$v1_reserved" 2024-03-02T00:00:00Z "$reserved" registry single
	} | "$bin/hivebuild" "$work/grace"
	script "$work_volume" "copy /Profiles/Grace/ntuser.dat \"$work/grace\""
	reparse "$c" /Users/Grace 0xa0000003 junction '\??\D:\Profiles\Grace' \
		junction '\??\D:\Profiles\Grace'
	expect user user2 installation=windows0 name=Grace "sid=$sid-1002" \
		"volume=$work_volume" 'profile=\Profiles\Grace'
	expect user user3 installation=windows0 name=Gone "sid=$sid-1003" \
		volume=- profile=-
}

# The keys of the accounts, for the script of SOFTWARE.
account_keys() {
	profile_list='Microsoft\Windows NT\CurrentVersion\ProfileList'
	cat <<-END
	key "$profile_list"
	sz ProfilesDirectory "%SystemDrive%\Users"
	key "$profile_list\\$sid-1001"
	sz ProfileImagePath "%SystemDrive%\Users\Ada Lovelace"
	dword LocalProfileLoadTimeHigh 31015005
	dword LocalProfileLoadTimeLow 2012000000
	key "$profile_list\\$sid-1002"
	sz ProfileImagePath C:\Users\Grace
	key "$profile_list\\$sid-1003"
	sz ProfileImagePath C:\Users\Gone
	key "$profile_list\S-1-5-18"
	sz ProfileImagePath %systemroot%\system32\config\systemprofile
	END
	expect user user4 installation=windows0 name=systemprofile \
		sid=S-1-5-18 volume=- profile=-
}

make_users() {
	make_ada
	make_others
}
