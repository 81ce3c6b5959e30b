package duck

// originSet is an exact set of 64-bit hashes: open addressing, at most half
// full, eight bytes a slot.
type originSet struct {
	slots   []uint64
	n       int
	hasZero bool
}

// maxOriginSet bounds a set's memory to 32 MiB; beyond it the ledger is asked.
const maxOriginSet = 2 << 20

func (o *originSet) has(h uint64) bool {
	if h == 0 {
		return o.hasZero
	}
	if len(o.slots) == 0 {
		return false
	}
	mask := uint64(len(o.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch o.slots[i] {
		case 0:
			return false
		case h:
			return true
		}
	}
}

func (o *originSet) add(h uint64) {
	if h == 0 {
		o.hasZero = true
		return
	}
	if 2*(o.n+1) > len(o.slots) {
		o.grow()
	}
	if o.place(h) {
		o.n++
	}
}

func (o *originSet) place(h uint64) bool {
	mask := uint64(len(o.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch o.slots[i] {
		case 0:
			o.slots[i] = h
			return true
		case h:
			return false
		}
	}
}

func (o *originSet) grow() {
	old := o.slots
	o.slots = make([]uint64, max(1024, 2*len(old)))
	for _, h := range old {
		if h != 0 {
			o.place(h)
		}
	}
}
