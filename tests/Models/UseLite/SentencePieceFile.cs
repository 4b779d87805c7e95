using System.Text.Json;
using ConfidentialOperator.Models.Onnx;

namespace ConfidentialOperator.Models.UseLite;

/// <summary>Writes a vocabulary with scores as a SentencePiece unigram model (sentencepiece_model.proto).</summary>
internal static class SentencePieceFile
{
    private const int Reserved = 6;
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int Unigram = 1;
    private const float NeverChosen = -100;

    /// <summary>Returns the model for the pairs [piece, score or null] of a vocab.json.</summary>
    public static byte[] Write(byte[] vocabulary)
    {
        using JsonDocument document = JsonDocument.Parse(vocabulary);
        ProtoWriter model = new();
        HashSet<string> used = new(StringComparer.Ordinal);
        int id = 0;
        foreach (JsonElement pair in document.RootElement.EnumerateArray())
        {
            string text = Unique(pair[0].GetString()!, used);
            float score = pair[1].ValueKind == JsonValueKind.Number ? pair[1].GetSingle() : NeverChosen;
            int type = id == 0 ? Unknown : id < Reserved ? Control : Normal;
            model.Message(1, piece => Piece(piece, text, score, type));
            id++;
        }

        model.Message(2, trainer => Trainer(trainer, id));
        model.Message(3, normalizer =>
        {
            normalizer.Text(1, "identity");
            for (int field = 3; field <= 5; field++) normalizer.Integer(field, 1); // dummy prefix, extra white space, escaping
        });
        return model.ToArray();
    }

    private static void Piece(ProtoWriter piece, string text, float score, int type)
    {
        piece.Text(1, text);
        piece.Single(2, score);
        piece.Integer(3, type);
    }

    private static void Trainer(ProtoWriter trainer, int size)
    {
        trainer.Integer(3, Unigram);
        trainer.Integer(4, size);
        trainer.Integer(40, 0);
        trainer.Integer(41, 1);
        trainer.Integer(42, 2);
        trainer.Integer(43, -1);
    }

    /// <summary>A piece that stands twice in the published list gets a private-use mark: loaders refuse equal pieces.</summary>
    private static string Unique(string text, HashSet<string> used)
    {
        while (!used.Add(text)) text += '\uE000';
        return text;
    }
}
