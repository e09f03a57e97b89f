package embedded

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// bbolt trusts the pages that it finds: a damaged one can lead it in a circle, out of the file, or to grow the file without bound.
// So before a file is used its pages are walked here, and every link is held against the file: about 16 bytes for each key, however
// large the values are. The layout is bbolt's (its internal/common: page.go, meta.go, bucket.go, inode.go), version 2, little-endian.
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
	seen map[uint64]bool
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
	p := &pages{file: file, size: uint64(pageSize), seen: map[uint64]bool{0: true, 1: true}}
	meta, err := p.meta()
	if err != nil {
		return err
	}
	p.used = binary.LittleEndian.Uint64(meta[metaUsed:])
	if p.used < 2 || p.used > uint64(info.Size())/p.size {
		return p.damaged(0, "it counts more pages than the file has")
	}
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

// page reads a linked page, whole, after its place and its head were found possible.
func (p *pages) page(id uint64) (head []byte, count int, err error) {
	if id < 2 || id >= p.used {
		return nil, 0, p.damaged(id, "a link leads out of the file")
	}
	head = make([]byte, pageHead)
	if _, err := p.file.ReadAt(head, int64(id*p.size)); err != nil {
		return nil, 0, p.damaged(id, "it can't be read")
	}
	overflow := uint64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint64(head) != id || id+overflow >= p.used {
		return nil, 0, p.damaged(id, "its head is wrong")
	}
	for i := id; i <= id+overflow; i++ {
		if p.seen[i] {
			return nil, 0, p.damaged(i, "two links lead to it")
		}
		p.seen[i] = true
	}
	return head, int(binary.LittleEndian.Uint16(head[10:])), nil
}

// span is how many bytes a page has, with those that continue it.
func (p *pages) span(head []byte) uint64 {
	return (uint64(binary.LittleEndian.Uint32(head[12:])) + 1) * p.size
}

// walk goes through a tree of pages, and the trees of the buckets in it. It keeps its own list, so that no depth ends it.
func (p *pages) walk(root uint64) error {
	for todo := []uint64{root}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		head, count, err := p.page(id)
		if err != nil {
			return err
		}
		span := p.span(head)
		flags := binary.LittleEndian.Uint16(head[8:])
		if flags != flagNode && flags != flagLeaf || uint64(pageHead+count*elemSize) > span || flags == flagNode && count == 0 {
			return p.damaged(id, "it is no page of keys")
		}
		elems := make([]byte, count*elemSize)
		if _, err := p.file.ReadAt(elems, int64(id*p.size+pageHead)); err != nil {
			return p.damaged(id, "it can't be read")
		}
		for i := range count {
			links, err := p.element(id, span, flags, i, elems[i*elemSize:(i+1)*elemSize])
			if err != nil {
				return err
			}
			todo = append(todo, links...)
		}
	}
	return nil
}

// element checks that an element lies within its page, and gives the page it leads to, if it does.
func (p *pages) element(id, span uint64, flags uint16, i int, e []byte) ([]uint64, error) {
	at := uint64(pageHead + i*elemSize)
	if flags == flagNode {
		pos, keySize := uint64(binary.LittleEndian.Uint32(e)), uint64(binary.LittleEndian.Uint32(e[4:]))
		if at+pos+keySize > span {
			return nil, p.damaged(id, "a key lies outside it")
		}
		return []uint64{binary.LittleEndian.Uint64(e[8:])}, nil
	}
	kind := binary.LittleEndian.Uint32(e)
	pos, keySize, valueSize := uint64(binary.LittleEndian.Uint32(e[4:])), uint64(binary.LittleEndian.Uint32(e[8:])), uint64(binary.LittleEndian.Uint32(e[12:]))
	if at+pos+keySize+valueSize > span || kind > subBucket {
		return nil, p.damaged(id, "a value lies outside it")
	}
	if kind != subBucket {
		return nil, nil
	}
	return p.bucket(id, id*p.size+at+pos+keySize, valueSize)
}

// bucket reads a bucket's value: the root of its tree, or 0 and a leaf page within the value.
func (p *pages) bucket(id, at, size uint64) ([]uint64, error) {
	const bucketHead = 16
	if size < bucketHead {
		return nil, p.damaged(id, "a bucket is cut short")
	}
	value := make([]byte, size)
	if _, err := p.file.ReadAt(value, int64(at)); err != nil {
		return nil, p.damaged(id, "a bucket can't be read")
	}
	if root := binary.LittleEndian.Uint64(value); root != 0 {
		return []uint64{root}, nil
	}
	inline := value[bucketHead:]
	if len(inline) < pageHead || binary.LittleEndian.Uint16(inline[8:]) != flagLeaf {
		return nil, p.damaged(id, "a bucket within it is no page of keys")
	}
	count := int(binary.LittleEndian.Uint16(inline[10:]))
	if pageHead+count*elemSize > len(inline) {
		return nil, p.damaged(id, "a bucket within it is cut short")
	}
	for i := range count {
		e := inline[pageHead+i*elemSize:][:elemSize]
		links, err := p.element(id, uint64(len(inline)), flagLeaf, i, e)
		if err != nil || len(links) > 0 || binary.LittleEndian.Uint32(e) != 0 {
			return nil, p.damaged(id, "a value lies outside a bucket within it")
		}
	}
	return nil, nil
}

// free checks that the list of free pages names none that is in use, none twice and none outside the file.
func (p *pages) free(id uint64) error {
	if id == noList {
		return nil
	}
	head, count, err := p.page(id)
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint16(head[8:]) != flagFree {
		return p.damaged(id, "it is no list of free pages")
	}
	list := make([]byte, p.span(head)-pageHead)
	if _, err := p.file.ReadAt(list, int64(id*p.size+pageHead)); err != nil {
		return p.damaged(id, "it can't be read")
	}
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
