// Command gunzip unpacks every .json.gz file below a folder and throws the bytes away: the part of reading logs that no reader can
// save. It uses the product's gzip library and the product's number of cores, and is part of the measurement, not of the product.
package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gunzip DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gunzip:", err)
		os.Exit(1)
	}
}

func run(top string) error {
	files, err := list(top)
	if err != nil {
		return err
	}
	var next, bytes atomic.Int64
	var all sync.WaitGroup
	errs := make(chan error, runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			in, zip := bufio.NewReaderSize(nil, 64<<10), new(gzip.Reader)
			buffer := make([]byte, 256<<10)
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				n, err := unpack(files[i], in, zip, buffer)
				if err != nil {
					errs <- err
					return
				}
				bytes.Add(n)
			}
		})
	}
	all.Wait()
	close(errs)
	fmt.Printf("files=%d bytes=%d\n", len(files), bytes.Load())
	return <-errs
}

func list(top string) (files []string, err error) {
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".json.gz") {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

// unpack reads one file to its end and gives the unpacked bytes.
func unpack(path string, in *bufio.Reader, zip *gzip.Reader, buffer []byte) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	in.Reset(file)
	if err := zip.Reset(in); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	var bytes int64
	for {
		n, err := zip.Read(buffer)
		bytes += int64(n)
		if err == io.EOF {
			return bytes, nil
		}
		if err != nil {
			return bytes, fmt.Errorf("%s: %w", path, err)
		}
	}
}
