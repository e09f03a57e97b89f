// Command icon draws the icons of the app: a cloud with a trail of dots in it, of which the last is not like the others.
//
// It is no part of the app; what it draws is tracked in app/static, and its test holds both equal. Run it from the top of the source
// to draw them anew: go run ./check/icon app/static
package main

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// icons are the files that Splunk Web looks for, with their size in pixels. The Alt ones stand on its bars, without a tile of their own.
var icons = []struct {
	name  string
	size  int
	paint paint
}{
	{"appIcon.png", 36, tiled},
	{"appIcon_2x.png", 72, tiled},
	{"appIconAlt.png", 36, bare},
	{"appIconAlt_2x.png", 72, bare},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: icon DIR")
		os.Exit(2)
	}
	for _, i := range icons {
		if err := write(filepath.Join(os.Args[1], i.name), draw(i.size, i.paint)); err != nil {
			fmt.Fprintln(os.Stderr, "icon:", err)
			os.Exit(1)
		}
	}
}

func write(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("draw an icon: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(f, img); err != nil {
		f.Close()
		return fmt.Errorf("draw %s: %w", path, err)
	}
	return f.Close()
}
