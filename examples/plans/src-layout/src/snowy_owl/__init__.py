import h5py

from snowy_owl.tables import TABLE
