package main

import (
	"image/color"
	"math"
)

var (
	night  = color.NRGBA{0x14, 0x29, 0x50, 0xff}
	day    = color.NRGBA{0x2f, 0x5d, 0xa8, 0xff}
	white  = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	orange = color.NRGBA{0xff, 0x7a, 0x1a, 0xff}
)

// The trail climbs to the one that is new.
var (
	usual   = []disc{{9.3, 23.4, 1.45}, {13.5, 22.4, 1.45}, {17.4, 20.6, 1.45}}
	anomaly = disc{22.6, 17.4, 3.5}
)

// tiled is a white cloud on a blue tile.
func tiled(x, y float64) color.NRGBA {
	if box(x, y, 1, 1, 35, 35, 8) > 0 {
		return color.NRGBA{}
	}
	if cloud(x, y) > 0 {
		return mix(day, night, y/36)
	}
	return trail(x, y, white, mix(day, night, 0.4))
}

// bare is a blue cloud with a white rim, to be seen on light and on dark.
func bare(x, y float64) color.NRGBA {
	const larger = 1.16
	x, y = 18+(x-18)/larger, 18.6+(y-18)/larger
	switch out := cloud(x, y); {
	case out > 1.4:
		return color.NRGBA{}
	case out > 0:
		return white
	default:
		return trail(x, y, mix(day, night, 0.4), white)
	}
}

// cloud is how far a point is outside the cloud.
func cloud(x, y float64) float64 {
	out := box(x, y, 4.4, 17.5, 31.6, 28, 5.25)
	for _, puff := range []disc{{10.6, 20.4, 6}, {18.6, 16.2, 8.4}, {26, 20.8, 5.6}} {
		out = math.Min(out, puff.beyond(x, y))
	}
	return out
}

func trail(x, y float64, ground, dot color.NRGBA) color.NRGBA {
	if anomaly.beyond(x, y) <= 0 {
		return orange
	}
	for _, d := range usual {
		if d.beyond(x, y) <= 0 {
			return dot
		}
	}
	return ground
}

func mix(a, b color.NRGBA, share float64) color.NRGBA {
	between := func(p, q uint8) uint8 { return level(float64(p) + (float64(q)-float64(p))*share) }
	return color.NRGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 0xff}
}
