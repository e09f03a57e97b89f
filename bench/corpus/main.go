// Command corpus writes a corpus for the measurement where no other generator is at hand: the invented organization of the demo, lived
// again with another seed until there is enough of it. Its broken files are left out.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"cloudtrail_anomaly/src/demo"
)

// lifeMB is about what one life of the organization is, unpacked.
const lifeMB = 370

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: corpus DIR MB")
	}
	wanted, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("%s is no number of MB", args[1])
	}
	for seed := range max(1, wanted/lifeMB) {
		if err := live(filepath.Join(args[0], strconv.Itoa(seed)), int64(seed)); err != nil {
			return err
		}
	}
	return nil
}

func live(dir string, seed int64) error {
	end := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	story, err := demo.Write(context.Background(), demo.Options{Dir: dir, Seed: seed, End: end})
	if err != nil {
		return err
	}
	for _, path := range append(story.Broken, story.Other...) {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(path))); err != nil {
			return err
		}
	}
	return nil
}
