// Command check checks what a Vigil ledger gives out with Go's own code, the code that guards Go's
// modules: golang.org/x/mod/sumdb/note and golang.org/x/mod/sumdb/tlog. It has nothing of Vigil.
//
//	check note        VKEY NOTE           a signed checkpoint
//	check proof       VKEY PROOF ENTRY    that an entry is in the log (.tlog-proof)
//	check consistency VKEY NOTE REQUEST   that the log of NOTE grew into that of an add-checkpoint body
//	check tiles       VKEY DIR            every hash and entry of a tlog-tiles directory
//
// VKEY is a verifier key; the others are files. It exits with 0 where all is proved, else with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const proofHeader = "c2sp.org/tlog-proof@v1"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "note":
		return checkNote(args[1], args[2])
	case len(args) == 4 && args[0] == "proof":
		return checkProof(args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "consistency":
		return checkConsistency(args[1], args[2], args[3])
	case len(args) == 3 && args[0] == "tiles":
		return checkTiles(args[1], args[2])
	}
	return errors.New("usage: check note|proof|consistency|tiles VKEY FILE...")
}

// head opens a signed note and reads the three lines of a checkpoint.
func head(vkey string, data []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("the note is not a checkpoint of that key's log")
	}
	size, err := number(lines[1])
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := hash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func checkNote(vkey, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	tree, err := head(vkey, data)
	if err == nil {
		fmt.Printf("signed: %d entries, root %v\n", tree.N, tree.Hash)
	}
	return err
}

func checkProof(vkey, path, entryPath string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryPath)
	if err != nil {
		return err
	}
	lines, signed, err := split(data)
	if err != nil || lines[0] != proofHeader {
		return errors.New("not a proof: it begins with " + proofHeader)
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return errors.New("not a proof: it has no index")
	}
	index, err := numbered(lines[0], "index ")
	if err != nil {
		return err
	}
	siblings, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	tree, err := head(vkey, signed)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(siblings, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("included: entry %d of %d\n", index, tree.N)
	return nil
}

func checkConsistency(vkey, oldPath, requestPath string) error {
	oldNote, err := os.ReadFile(oldPath)
	if err != nil {
		return err
	}
	request, err := os.ReadFile(requestPath)
	if err != nil {
		return err
	}
	lines, signed, err := split(request)
	if err != nil {
		return err
	}
	size, err := numbered(lines[0], "old ")
	if err != nil {
		return err
	}
	path, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	before, err := head(vkey, oldNote)
	if err != nil {
		return err
	}
	after, err := head(vkey, signed)
	if err != nil {
		return err
	}
	if before.N != size {
		return fmt.Errorf("the request begins at %d, the kept note at %d", size, before.N)
	}
	if err := tlog.CheckTree(path, after.N, after.Hash, before.N, before.Hash); err != nil {
		return err
	}
	fmt.Printf("consistent: %d entries grew into %d\n", before.N, after.N)
	return nil
}

func checkTiles(vkey, dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := head(vkey, data)
	if err != nil {
		return err
	}
	files := &tiles{dir: dir, read: map[string]bool{"checkpoint": true}}

	// Each hash is authenticated on its way up from its tile to the signed root.
	var indexes []int64
	for n := int64(0); n < tree.N; n++ {
		indexes = append(indexes, tlog.StoredHashIndex(0, n))
	}
	leaves, err := tlog.TileHashReader(tree, files).ReadHashes(indexes)
	if err != nil {
		return err
	}

	// And the root is computed anew from the entries alone.
	var stored []tlog.Hash
	known := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n := int64(0); n < tree.N; n += 256 {
		width := min(256, tree.N-n)
		bundle, err := files.bundle(tlog.Tile{H: 8, L: -1, N: n / 256, W: int(width)})
		if err != nil {
			return err
		}
		for i, entry := range bundle {
			if tlog.RecordHash(entry) != leaves[n+int64(i)] {
				return fmt.Errorf("entry %d is not what its tile says", n+int64(i))
			}
			more, err := tlog.StoredHashes(n+int64(i), entry, known)
			if err != nil {
				return err
			}
			stored = append(stored, more...)
		}
	}
	root, err := tlog.TreeHash(tree.N, known)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the entries do not give the signed root")
	}
	if err := files.allRead(); err != nil {
		return err
	}
	fmt.Printf("complete: %d entries in %d files\n", tree.N, len(files.read))
	return nil
}

// tiles is a tlog.TileReader over a C2SP directory; it remembers which files were read.
type tiles struct {
	dir  string
	read map[string]bool
}

func (t *tiles) Height() int                         { return 8 }
func (t *tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := t.file(tile)
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// file reads a tile. C2SP names are Go's without the height, and with `entries` for `data`.
func (t *tiles) file(tile tlog.Tile) ([]byte, error) {
	name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	name = strings.Replace(name, "tile/data/", "tile/entries/", 1)
	t.read[name] = true
	return os.ReadFile(filepath.Join(t.dir, filepath.FromSlash(name)))
}

// bundle reads entries, each after its length in two bytes.
func (t *tiles) bundle(tile tlog.Tile) ([][]byte, error) {
	data, err := t.file(tile)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("a bundle of entries is cut short")
		}
		length := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:length])
		data = data[length:]
	}
	if len(entries) != tile.W {
		return nil, fmt.Errorf("a bundle has %d entries instead of %d", len(entries), tile.W)
	}
	return entries, nil
}

// allRead refuses a directory with files that the log does not account for.
func (t *tiles) allRead() error {
	return filepath.WalkDir(t.dir, func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		name, err := filepath.Rel(t.dir, path)
		if err == nil && !t.read[filepath.ToSlash(name)] {
			err = fmt.Errorf("%s is no part of the log", name)
		}
		return err
	})
}

// split takes the signed note off the lines that stand before it.
func split(data []byte) ([]string, []byte, error) {
	before, signed, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		return nil, nil, errors.New("there is no signed note after a blank line")
	}
	return strings.Split(string(before), "\n"), signed, nil
}

func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return n, nil
}

// numbered reads a line that is a word and a number.
func numbered(line, word string) (int64, error) {
	text, found := strings.CutPrefix(line, word)
	if !found {
		return 0, fmt.Errorf("%q does not begin with %q", line, word)
	}
	return number(text)
}

func hash(line string) (tlog.Hash, error) {
	var hash tlog.Hash
	data, err := base64.StdEncoding.Strict().DecodeString(line)
	if err != nil || len(data) != tlog.HashSize {
		return hash, fmt.Errorf("%q is not a hash", line)
	}
	copy(hash[:], data)
	return hash, nil
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range lines {
		one, err := hash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}
