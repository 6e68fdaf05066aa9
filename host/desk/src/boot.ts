// The federation's shared modules must be there before anything that uses them is loaded.
import('./main')
