package main

import (
	"image"
	"image/color"
	"math"
)

// A paint is the colour at a point of a square of 36 by 36, whatever the size in pixels.
type paint func(x, y float64) color.NRGBA

// fine is how many points a pixel has along each side: their mean is its colour, which makes edges smooth.
const fine = 8

func draw(size int, at paint) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	scale := 36 / float64(size)
	for y := range size {
		for x := range size {
			img.SetNRGBA(x, y, mean(at, float64(x), float64(y), scale))
		}
	}
	return img
}

func mean(at paint, x, y, scale float64) color.NRGBA {
	var r, g, b, a float64
	for i := range fine {
		for j := range fine {
			c := at((x+(float64(i)+0.5)/fine)*scale, (y+(float64(j)+0.5)/fine)*scale)
			weight := float64(c.A)
			r, g, b, a = r+float64(c.R)*weight, g+float64(c.G)*weight, b+float64(c.B)*weight, a+weight
		}
	}
	if a == 0 {
		return color.NRGBA{}
	}
	return color.NRGBA{R: level(r / a), G: level(g / a), B: level(b / a), A: level(a / (fine * fine))}
}

func level(v float64) uint8 { return uint8(math.Round(v)) }

// A disc is a circle with all that is in it.
type disc struct{ x, y, r float64 }

// beyond is how far a point is outside; negative inside.
func (d disc) beyond(x, y float64) float64 { return math.Hypot(x-d.x, y-d.y) - d.r }

// box is how far a point is outside a rectangle with rounded corners.
func box(x, y, left, top, right, bottom, radius float64) float64 {
	dx := math.Max(left+radius-x, x-(right-radius))
	dy := math.Max(top+radius-y, y-(bottom-radius))
	return math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0) - radius
}
