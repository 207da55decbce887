//! Files of exports, read back as whoever gets them would.

use crate::calls;
use crate::harness::Harness;
use crate::personas::Persona;
use calamine::{Data, Reader as _, Xlsx};
use reqwest::header::HeaderMap;
use std::io::Cursor;

/// A file as it was answered.
#[derive(Debug, Clone)]
pub struct File {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content.
    pub content: Vec<u8>,
}

impl File {
    /// A header field.
    ///
    /// # Panics
    /// If it is not there.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.get(name).and_then(|value| value.to_str().ok());
        found.unwrap_or_else(|| panic!("no `{name}` in {:?}", self.headers))
    }

    /// The lines of a CSV file, titles first.
    ///
    /// # Panics
    /// If it is none.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let text = self.content.strip_prefix("\u{feff}".as_bytes());
        let text = text.unwrap_or_else(|| panic!("no mark of UTF-8: {}", String::from_utf8_lossy(&self.content)));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        let lines = reader.records().map(|line| line.expect("a line of CSV"));
        lines.map(|line| line.iter().map(ToOwned::to_owned).collect()).collect()
    }

    /// The cells of a workbook's worksheet, titles first.
    ///
    /// # Panics
    /// If it is none.
    pub fn cells(&self, worksheet: &str) -> Vec<Vec<Data>> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(self.content.clone())).expect("a workbook");
        let range = book.worksheet_range(worksheet).expect("its worksheet");
        range.rows().map(<[Data]>::to_vec).collect()
    }
}

impl Harness {
    /// Fetches a file of the API.
    ///
    /// # Panics
    /// If the backend does not answer.
    pub async fn fetch(&self, who: &Persona, path: &str) -> File {
        let url = format!("{}{path}", self.backend.base_url());
        self.file(self.http().get(url).bearer_auth(who.token(self))).await
    }

    /// Follows a link, as anybody who has it.
    ///
    /// # Panics
    /// If nothing answers there.
    pub async fn follow(&self, link: &str) -> File {
        let file = self.file(self.http().get(link)).await;
        if file.status == 200 {
            calls::followed(link);
        }
        file
    }

    async fn file(&self, request: reqwest::RequestBuilder) -> File {
        let answer = request.send().await.expect("an answer");
        File {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            content: answer.bytes().await.expect("the whole answer").to_vec(),
        }
    }
}
