package cloudtrail

import (
	"math/bits"

	"cloudtrail_anomaly/src/discern"
)

// rows is an open hash table of sightings by their keys. It holds no pointers and about 50 bytes for a sighting seen in one file.
type rows struct {
	list  []row
	index []uint32 // row number + 1, 0 where free; its length is a power of two
	files []link
}

// rowKey says what a sighting is of, by the numbers that its Gather gave.
type rowKey struct {
	caller, action, match uint32
	hour                  int32 // since 1970
	outcome               discern.Outcome
}

type row struct {
	rowKey
	first, last uint16 // seconds within the hour
	count       uint32
	files       uint32 // the last link of the chain, + 1
}

// link is one file of a sighting, and the link before it.
type link struct{ file, before uint32 }

// find gives the row of a key, a fresh one if need be: one with count 0.
func (rs *rows) find(key rowKey) *row {
	if 4*len(rs.list) >= 3*len(rs.index) {
		rs.grow()
	}
	mask := uint64(len(rs.index) - 1)
	for at := key.hash() & mask; ; at = (at + 1) & mask {
		number := rs.index[at]
		if number == 0 {
			rs.list = append(rs.list, row{rowKey: key})
			rs.index[at] = uint32(len(rs.list))
			return &rs.list[len(rs.list)-1]
		}
		if r := &rs.list[number-1]; r.rowKey == key {
			return r
		}
	}
}

func (rs *rows) grow() {
	rs.index = make([]uint32, max(2*len(rs.index), 1024))
	mask := uint64(len(rs.index) - 1)
	for i := range rs.list {
		at := rs.list[i].hash() & mask
		for rs.index[at] != 0 {
			at = (at + 1) & mask
		}
		rs.index[at] = uint32(i + 1)
	}
}

// hash mixes a key by two multiplications with odd constants (the fraction of the golden ratio, and of the square root of 3).
func (k *rowKey) hash() uint64 {
	const phi, root3 = 0x9e3779b97f4a7c15, 0xbb67ae8584caa73b
	high, low := bits.Mul64(uint64(k.caller)<<32|uint64(k.action), phi)
	rest := uint64(uint32(k.hour))<<32 | uint64(k.match)<<8 | uint64(k.outcome)
	high, low = bits.Mul64((high^low)+rest, root3)
	return high ^ low
}

// add counts records seen between two seconds of the hour.
func (r *row) add(first, last uint16, count uint32) {
	if r.count == 0 {
		r.first, r.last = first, last
	} else {
		r.first, r.last = min(r.first, first), max(r.last, last)
	}
	r.count += count
}

// note adds a file to a row. Files come one after the other, so that it is enough to look at the last.
func (rs *rows) note(r *row, file uint32) {
	if r.files != 0 && rs.files[r.files-1].file == file {
		return
	}
	rs.files = append(rs.files, link{file, r.files})
	r.files = uint32(len(rs.files))
}

// filesOf appends the numbers of a row's files, a file twice where it came twice.
func (rs *rows) filesOf(r *row, to []uint32) []uint32 {
	for at := r.files; at != 0; at = rs.files[at-1].before {
		to = append(to, rs.files[at-1].file)
	}
	return to
}
