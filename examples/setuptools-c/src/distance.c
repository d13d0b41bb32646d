#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The dynamic programming of Wagner and Fischer, with one row of the table in memory. */
static Py_ssize_t distance(const char *a, Py_ssize_t m, const char *b, Py_ssize_t n,
                           Py_ssize_t *row) {
    for (Py_ssize_t j = 0; j <= n; j++) row[j] = j;
    for (Py_ssize_t i = 1; i <= m; i++) {
        Py_ssize_t diagonal = row[0];
        row[0] = i;
        for (Py_ssize_t j = 1; j <= n; j++) {
            Py_ssize_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

static PyObject *py_distance(PyObject *module, PyObject *args) {
    const char *a, *b;
    Py_ssize_t m, n;
    if (!PyArg_ParseTuple(args, "y#y#:distance", &a, &m, &b, &n)) return NULL;
    Py_ssize_t *row = PyMem_New(Py_ssize_t, n + 1);
    if (row == NULL) return PyErr_NoMemory();
    Py_ssize_t found = distance(a, m, b, n, row);
    PyMem_Free(row);
    return PyLong_FromSsize_t(found);
}

static PyMethodDef methods[] = {
    {"distance", py_distance, METH_VARARGS, "Return the number of edits between two byte strings."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_distance", .m_size = 0, .m_methods = methods};

PyMODINIT_FUNC PyInit__distance(void) { return PyModuleDef_Init(&definition); }
