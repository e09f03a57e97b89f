package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
)

// bbolt trusts the pages that it finds: a damaged one can lead it in a circle, out of the file, past keys that are there, or to grow the
// file without bound. So before a file is used its pages are walked here: every link is held against the file, and every key against the
// order that look-ups rely on. The layout is bbolt's (its internal/common: page.go, meta.go, bucket.go, inode.go), version 2,
// little-endian; that what elements point to lies side by side in their order is how it writes pages.
const (
	pageHead  = 16 // id uint64, flags uint16, count uint16, overflow uint32
	elemSize  = 16 // branch: pos, key size uint32, page uint64; leaf: flags, pos, key size, value size uint32
	metaTxid  = pageHead + 48
	metaRoot  = pageHead + 16
	metaFree  = pageHead + 32
	metaUsed  = pageHead + 40
	flagNode  = 0x01
	flagLeaf  = 0x02
	flagFree  = 0x10
	subBucket = 1 // flag of a leaf element
	noList    = ^uint64(0)
)

// pages is a walk over a file's pages.
type pages struct {
	file io.ReaderAt
	size uint64 // of a page
	used uint64 // pages up to here may be linked to
	seen []bool // by page

	buf   []byte // of the page being read
	elems []element
}

// sound walks a file that bbolt has opened, so that its meta pages are known to be good. pageSize is the database's.
func sound(path string, pageSize int) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	p := &pages{file: file, size: uint64(pageSize)}
	meta, err := p.meta()
	if err != nil {
		return err
	}
	p.used = binary.LittleEndian.Uint64(meta[metaUsed:])
	if p.used < 2 || p.used > uint64(info.Size())/p.size {
		return p.damaged(0, "it counts more pages than the file has")
	}
	p.seen = make([]bool, p.used)
	if err := p.walk(binary.LittleEndian.Uint64(meta[metaRoot:])); err != nil {
		return err
	}
	return p.free(binary.LittleEndian.Uint64(meta[metaFree:]))
}

func (p *pages) damaged(id uint64, what string) error {
	return fmt.Errorf("%w (page %d: %s)", ErrDamaged, id, what)
}

// validMeta tells whether bbolt takes a meta page for its own: magic number, version 2, and an FNV-1a sum over what stands before it.
func validMeta(m []byte) bool {
	sum := fnv.New64a()
	sum.Write(m[:56])
	return binary.LittleEndian.Uint32(m) == 0xED0CDAED && binary.LittleEndian.Uint32(m[4:]) == 2 && binary.LittleEndian.Uint64(m[56:]) == sum.Sum64()
}

// meta is the newer of the two meta pages that bbolt takes for valid.
func (p *pages) meta() ([]byte, error) {
	var newest []byte
	for id := range uint64(2) {
		b := make([]byte, pageHead+64)
		if _, err := p.file.ReadAt(b, int64(id*p.size)); err != nil {
			return nil, p.damaged(id, "it can't be read")
		}
		if !validMeta(b[pageHead:]) {
			continue
		}
		if newest == nil || binary.LittleEndian.Uint64(b[metaTxid:]) > binary.LittleEndian.Uint64(newest[metaTxid:]) {
			newest = b
		}
	}
	if newest == nil {
		return nil, p.damaged(0, "no valid meta page")
	}
	return newest, nil
}

// page reads a linked page whole, with those that continue it, after its place and its head were found possible. It is valid until the
// next one is read.
func (p *pages) page(id uint64) (page, error) {
	if id < 2 || id >= p.used {
		return nil, p.damaged(id, "a link leads out of the file")
	}
	head := slices.Grow(p.buf[:0], pageHead)[:pageHead]
	if _, err := p.file.ReadAt(head, int64(id*p.size)); err != nil {
		return nil, p.damaged(id, "it can't be read")
	}
	overflow := uint64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint64(head) != id || id+overflow >= p.used {
		return nil, p.damaged(id, "its head is wrong")
	}
	for i := id; i <= id+overflow; i++ {
		if p.seen[i] {
			return nil, p.damaged(i, "two links lead to it")
		}
		p.seen[i] = true
	}
	b := page(slices.Grow(p.buf[:0], int((overflow+1)*p.size))[:(overflow+1)*p.size])
	p.buf = b
	if _, err := p.file.ReadAt(b, int64(id*p.size)); err != nil {
		return nil, p.damaged(id, "it can't be read")
	}
	return b, nil
}

// A link leads to a page of a tree whose keys begin at low.
type link struct {
	to  uint64
	low []byte
}

// walk goes through a bucket's tree in the order of its keys, then through the buckets in it. It keeps its own list, so that no depth
// ends it.
func (p *pages) walk(root uint64) error {
	var buckets []uint64
	var last []byte // the key before
	for todo := []link{{to: root}}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		b, err := p.page(at.to)
		if err != nil {
			return err
		}
		elems, ok := b.elements(p.elems[:0])
		p.elems = elems
		if !ok || b.flags() == flagNode && len(elems) == 0 {
			return p.damaged(at.to, "it is no page of keys")
		}
		if at.low != nil && last != nil && bytes.Compare(at.low, last) <= 0 {
			return p.damaged(at.to, "keys before it belong into it")
		}
		var links []link
		for i, e := range elems {
			if i == 0 && bytes.Compare(e.key, at.low) < 0 || i > 0 && bytes.Compare(e.key, elems[i-1].key) <= 0 {
				return p.damaged(at.to, "its keys are out of order")
			}
			switch {
			case b.flags() == flagNode:
				links = append(links, link{e.to, bytes.Clone(e.key)})
			case e.bucket:
				inner, ok := innerRoot(e.value)
				if !ok {
					return p.damaged(at.to, "a bucket in it is no bucket")
				}
				if inner != 0 {
					buckets = append(buckets, inner)
				}
			}
		}
		if n := len(elems); n > 0 && b.flags() == flagLeaf {
			last = append(last[:0], elems[n-1].key...)
		}
		slices.Reverse(links) // the last of the list is gone to next
		todo = append(todo, links...)
	}
	for _, b := range buckets {
		if err := p.walk(b); err != nil {
			return err
		}
	}
	return nil
}

// A page is the bytes of one page, its head included.
type page []byte

func (b page) flags() uint16 { return binary.LittleEndian.Uint16(b[8:]) }
func (b page) count() int    { return int(binary.LittleEndian.Uint16(b[10:])) }

// An element is a key of a page, with its value or the page it leads to.
type element struct {
	key, value []byte
	to         uint64
	bucket     bool
}

// elements takes a page of keys apart and appends what it holds. It is none when an element's bytes do not begin where those before it
// end.
func (b page) elements(elems []element) ([]element, bool) {
	if len(b) < pageHead || b.flags() != flagNode && b.flags() != flagLeaf || pageHead+b.count()*elemSize > len(b) {
		return elems, false
	}
	next := uint64(pageHead + b.count()*elemSize)
	for i := range b.count() {
		at := pageHead + i*elemSize
		field := func(n int) uint64 { return uint64(binary.LittleEndian.Uint32(b[at+4*n:])) }
		e, pos, keySize, valueSize := element{}, field(1), field(2), field(3)
		if b.flags() == flagNode {
			pos, keySize, valueSize = field(0), field(1), 0
			e.to = binary.LittleEndian.Uint64(b[at+8:])
		} else if field(0) > subBucket {
			return elems, false
		} else {
			e.bucket = field(0) == subBucket
		}
		if uint64(at)+pos != next || next+keySize+valueSize > uint64(len(b)) {
			return elems, false
		}
		e.key, e.value = b[next:next+keySize], b[next+keySize:next+keySize+valueSize]
		next += keySize + valueSize
		elems = append(elems, e)
	}
	return elems, true
}

// innerRoot reads a bucket's value: the root of its tree, or 0 and a leaf page within the value.
func innerRoot(value []byte) (root uint64, ok bool) {
	const bucketHead = 16
	if len(value) < bucketHead {
		return 0, false
	}
	if root := binary.LittleEndian.Uint64(value); root != 0 {
		return root, true
	}
	inline := page(value[bucketHead:])
	elems, ok := inline.elements(nil)
	for i, e := range elems {
		ok = ok && !e.bucket && (i == 0 || bytes.Compare(e.key, elems[i-1].key) > 0)
	}
	return 0, ok && inline.flags() == flagLeaf
}

// free checks that the list of free pages names none that is in use, none twice and none outside the file.
func (p *pages) free(id uint64) error {
	if id == noList {
		return nil
	}
	b, err := p.page(id)
	if err != nil {
		return err
	}
	if b.flags() != flagFree {
		return p.damaged(id, "it is no list of free pages")
	}
	count, list := b.count(), b[pageHead:]
	if count == 0xffff { // too many to count there: the first of the list is their number
		count, list = int(min(binary.LittleEndian.Uint64(list), 1<<40)), list[8:]
	}
	if count > len(list)/8 {
		return p.damaged(id, "it lists more free pages than it holds")
	}
	for i := range count {
		free := binary.LittleEndian.Uint64(list[i*8:])
		if free < 2 || free >= p.used || p.seen[free] {
			return p.damaged(id, "it lists a page that is not free")
		}
		p.seen[free] = true
	}
	return nil
}
