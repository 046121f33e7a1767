#include <Python.h>

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_stoat", NULL, -1, NULL};

PyMODINIT_FUNC PyInit__stoat(void) { return PyModule_Create(&module); }
