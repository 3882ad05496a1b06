# shellcheck shell=sh disable=SC2086,SC2154 # variables of who includes it
# SPDX-License-Identifier: MIT
#
# disk_events.sh - the partition manager's event log of the sample machine
#
# Uses: all that make-machine has set, and known_disks.sh.

# event RECORD FIELD=VALUE...: the event that is collected now is written, as
# that record, and of a report the fields are expected.
event() {
	echo event
	ev=$1
	shift
	expect diskEvent "$ev" installation=windows0 remnant=false \
		damaged=false "$@"
}

# boot_sector NUMBER VOLUME OFFSET: with the serial that the volume is going to
# have.
boot_sector() {
	bs=$(sed -n 's/^serial //p' "$work/$(echo "$2" | tr / -).script")
	echo "sector Vbr$1 \"$dir/disk0.raw\" $3"
	echo "poke Vbr$1 72 $(echo "$bs" | fold -w 2 | tac | tr -d '\n')"
}

# What all events of disk0 have. As Windows writes them: RegistryId is the DiskId
# of the registry, and DiskId is made from what the device says of itself.
event_of_disk0() {
	cat <<-END
	set Capacity $disk0_size
	set BusType 11
	set Characteristics 262400
	set BytesPerLogicalSector 512
	set BytesPerPhysicalSector 4096
	set Manufacturer NULL
	set Model "QEMU HARDDISK"
	set Revision 2.5+
	set SerialNumber QM00001
	set Location "Bus Number 0, Target Id 0, LUN 0"
	set ParentId "PCI\VEN_8086&DEV_2922"
	set DiskId $disk0_id
	set RegistryId 656b1713-9d1e-11eb-8a01-806e6f6e6963
	mbr $signature
	slot $reserved_at $reserved_size 7
	slot $c_at $c_size 7
	slot $recovery_at $recovery_size 27
	slot $((49 * mib)) $((40 * mib)) f
	slot $archive_at $archive_size 7
	slot 0 0 0
	slot 0 0 0
	slot 0 0 0
	slot $fat_at $fat_size 6
	sector Mbr "$dir/disk0.raw" 0
	$(boot_sector 0 $reserved $reserved_at)
	$(boot_sector 1 $c $c_at)
	$(boot_sector 2 $recovery $recovery_at)
	END
}

# When Windows was set up, disk0 was the second disk, and the clock was wrong:
# what came last has an earlier time. A stick, which is not here, came and went.
event_script() {
	stick_id=656b1717-9d1e-11eb-8a01-525400c01d01
	disk0_id=3f0c6a52-1d95-8e22-e3a5-6ee8419ecad7
	stick_made=92d47be1-5c08-4f67-b1de-07c9a4d3f518
	of_disk0="disk=disk0 knownDisk=known1 capacity=$disk0_size busType=SATA
		removableMedia=false bytesPerPhysicalSector=4096
		diskId=$disk0_id
		registryId=656b1713-9d1e-11eb-8a01-806e6f6e6963
		signature=$signature serial=QM00001 scheme=mbr guid=-"
	echo 'time 2021-03-04T12:00:00Z'
	echo 'computer WIN-SETUP'
	event_of_disk0
	echo 'set DiskNumber 1'
	event 1 diskNumber=1 change=arrival computerName=WIN-SETUP $of_disk0
	echo 'other 1007'
	echo 'time 2021-03-04T05:06:00Z'
	echo 'computer SAMPLE-PC'
	cat <<-END
	set DiskNumber 2
	set Capacity 8004304896
	set BusType 7
	set Characteristics 262401
	set Manufacturer SanDisk
	set Model Cruzer
	set SerialNumber 20044320
	set DiskId $stick_made
	set RegistryId $stick_id
	mbr $stick_signature
	slot $mib 8003256320 7
	END
	event 3 diskNumber=2 change=arrival computerName=SAMPLE-PC disk=- \
		knownDisk=known4 capacity=8004304896 busType=USB \
		removableMedia=true bytesPerPhysicalSector=- \
		signature=$stick_signature manufacturer=SanDisk model=Cruzer serial=20044320
	echo 'set DiskNumber 2'
	printf '%s\n' "set DiskId $stick_made" "set RegistryId $stick_id"
	event 4 diskNumber=2 change=removal disk=- capacity=0 \
		knownDisk=known4 diskId=$stick_made registryId=$stick_id \
		scheme=-
	event_of_disk0
	event 5 diskNumber=0 change=arrival computerName=SAMPLE-PC $of_disk0
}

make_event_log() {
	log='Microsoft-Windows-Partition%4Diagnostic.evtx'
	case ${EVENTS:-} in
	*.evtx) cp "$EVENTS" "$dir/$log" ;;
	?*) "$bin/evtxbuild" "$dir/$log" < "$EVENTS" ;;
	*)
		event_script > "$work/events"
		expect disk disk0 number=0 numberBasis=recorded
		expect disk disk1 number=1 numberBasis=assumed
		"$bin/evtxbuild" "$dir/$log" < "$work/events" ;;
	esac
	script $c "copy /Windows/System32/winevt/Logs/$log \"$dir/$log\""
}
