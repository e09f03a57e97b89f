package main

import (
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTracked holds what is tracked against what is drawn. Compilers may round the last bit of a colour otherwise.
func TestTracked(t *testing.T) {
	for _, i := range icons {
		t.Run(i.name, func(t *testing.T) {
			f, err := os.Open(filepath.Join("..", "..", "app", "static", i.name))
			require.NoError(t, err)
			defer f.Close()
			tracked, err := png.Decode(f)
			require.NoError(t, err)
			drawn := draw(i.size, i.paint)
			require.Equal(t, drawn.Bounds(), tracked.Bounds())
			for y := range i.size {
				for x := range i.size {
					r, g, b, a := tracked.At(x, y).RGBA()
					wantR, wantG, wantB, wantA := drawn.At(x, y).RGBA()
					for _, d := range []float64{off(r, wantR), off(g, wantG), off(b, wantB), off(a, wantA)} {
						require.LessOrEqual(t, d, 2.0, "at %d,%d; go run ./check/icon app/static draws it anew", x, y)
					}
				}
			}
		})
	}
}

func off(a, b uint32) float64 { return math.Abs(float64(a)-float64(b)) / 0x101 }
