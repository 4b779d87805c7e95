namespace ConfidentialOperator.Lab.Demo;

/// <summary>Looks for pieces of a model in files that should hold only ciphertext.</summary>
internal static class Plaintext
{
    private const int PieceLength = 16;
    private const int MostPieces = 400;

    /// <summary>Returns where a piece was found, or null.</summary>
    public static string? Find(DemoModel model, IReadOnlyList<string> files)
    {
        string[] originals = model.Files.Count == 0 ? Directory.GetFiles(model.Folder)
            : [.. model.Files.Select(file => Path.Combine(model.Folder, file)).Where(File.Exists)];
        List<byte[]> pieces = [.. originals.SelectMany(Pieces)];
        foreach (string file in files)
        {
            byte[] content = File.ReadAllBytes(file);
            if (pieces.Exists(piece => content.AsSpan().IndexOf(piece) >= 0)) return $"{file} holds a piece of the model";
        }

        return null;
    }

    /// <summary>Pieces from all over a file, but none that are mostly one byte: those stand in any file.</summary>
    private static IEnumerable<byte[]> Pieces(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int step = Math.Max(PieceLength, content.Length / MostPieces);
        for (int at = 0; at + PieceLength <= content.Length; at += step)
        {
            byte[] piece = content[at..(at + PieceLength)];
            if (piece.Distinct().Count() > PieceLength / 2) yield return piece;
        }
    }
}
